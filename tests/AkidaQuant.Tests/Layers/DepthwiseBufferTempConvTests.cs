using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 9.</summary>
public sealed class DepthwiseBufferTempConvTests
{
    private static readonly QuantizedSpec Frame = new(new Shape(1, 1, 2), 7, ScalarOrVector<int>.Vector([4, 3]));
    private static readonly long[][] Frames = [[10, -4], [3, 7], [-128, 127]];

    private static DepthwiseBufferTempConv Plain => new()
    {
        Name = "layer",
        KernelSize = 2,
        Kernel = Quantizing.Kernel([2, 2], 1, 10, 100, 1000),
        UseBias = false,
    };

    [Fact]
    public void DepthwiseBufferTempConv_sums_each_channel_over_time()
    {
        QuantizedDepthwiseBufferTempConv layer = new()
        {
            Name = "buffer",
            KernelSize = 2,
            Kernel = new NdArray<float>(new Shape(2, 2), [.7f, -.2f, .3f, .1f]),
            UseBias = false,
            Settings = Weights(4),
        };
        LayerRun run = new(layer, 1, Frame);
        Assert.Equal([7, -7, 3, 3], run.Recorded.Tensor("weight_quantizer/qweights")!.Values.Values);
        Assert.Equal([0.1f, 0.0285714306f], run.Recorded.Tensor("weight_quantizer/qweights")!.Scales!.Values);
        Assert.Equal(4, run.Output.FracBits[0]);
        Assert.Equal([30, -24, 79, 98, -363, 664], Frames.SelectMany(frame => run.Run(frame)));
    }

    [Fact]
    public void Frames_without_fractional_bits_a_channel_record_a_shift_of_zero()
    {
        QuantizedDepthwiseBufferTempConv layer = new()
        {
            Name = "buffer",
            KernelSize = 1,
            Kernel = new NdArray<float>(new Shape(1, 2), [.7f, -.2f]),
            UseBias = false,
            Settings = Weights(8),
        };
        LayerRun run = new(layer, 1, Frame with { FracBits = ScalarOrVector<int>.Scalar(3) });
        Assert.Equal([0], run.Recorded.Integers("input_shift")!.Values);
    }

    [Fact]
    public void The_last_row_of_the_kernel_meets_the_newest_frame()
    {
        LayerRun run = new(Plain with { UseBias = true, Bias = NdArray<float>.Vector([.5f, -.5f]) }, 1, new FloatSpec(new Shape(1, 1, 2)));
        Assert.Equal([new Shape(1, 1, 2, 2)], run.State);
        Assert.Equal([100.5f, 1999.5f], run.Floats([1, 2]));
        Assert.Equal([301.5f, 4019.5f], run.Floats([3, 4]));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        StoredLayer.AssertReadBack(
            Plain with { UseBias = true, Bias = Quantizing.Steps(0, 2) }, "layer/kernel:0 (2, 2)", "layer/bias:0 (2,)");
        StoredLayer.AssertReadBack(
            Quantizing.Of<QuantizedDepthwiseBufferTempConv>(Plain, output: 8, ranges: [1, 2]),
            "layer/kernel:0 (2, 2)", "layer/output_quantizer/range_max:0 (2,)", "layer/output_quantizer/rescaling_rate:0 (2,)");
        StoredLayer.AssertShapesChecked(Plain);
        StoredLayer.Refuses("Custom>DepthwiseBufferTempConv", "kernel_size", "a positive integer", ("kernel_size", 4097L));
        Assert.True(Plain.IsStateful);
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        QuantizedDepthwiseBufferTempConv quantized = Quantizing.Of<QuantizedDepthwiseBufferTempConv>(Plain);
        LayerRun.RefusesIntegers(Plain, 1, 1, 2);
        LayerRun.RefusesFloats(quantized, 1, 1, 2);
        LayerRun.RefusesScales(quantized, 1, 1, 2);
        LayerRun.Refuses("LayerInputMismatch", "must be a frame", Plain, new FloatSpec(new Shape(1, 2)));
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 2 channels", Plain, new FloatSpec(new Shape(1, 1, 3)));
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 2 channels", quantized, LayerRun.Integers(1, 1, 3));
    }

    private static QuantSettings Weights(int bits) => new()
    {
        ["weight_quantizer"] = new QuantSettings { ["bitwidth"] = bits },
        ["buffer_bitwidth"] = 32,
    };
}

using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 9.</summary>
public sealed class BufferTempConvTests
{
    private static readonly QuantizedSpec Frame = new(new Shape(1, 1, 2), 7, ScalarOrVector<int>.Vector([4, 3]));
    private static readonly long[][] Frames = [[10, -4], [3, 7], [-128, 127]];

    private static BufferTempConv Plain => new()
    {
        Name = "layer",
        Filters = 1,
        KernelSize = 2,
        Kernel = Quantizing.Kernel([1, 1, 4, 1], 1, 10, 100, 1000),
        Bias = NdArray<float>.Vector([.5f]),
    };

    [Fact]
    public void BufferTempConv_remembers_the_frame_before()
    {
        QuantizedBufferTempConv layer = new()
        {
            Name = "buffer",
            Filters = 1,
            KernelSize = 2,
            Kernel = new NdArray<float>(new Shape(1, 1, 4, 1), [-.15f, -.05f, .05f, .15f]),
            UseBias = true,
            Bias = NdArray<float>.Vector([.5f]),
            Settings = Weights(4),
        };
        LayerRun run = new(layer, 1, Frame);
        Assert.Equal([0, 1], run.Recorded.Integers("input_shift")!.Values);
        Assert.Equal([-7, -2, 2, 7], run.Recorded.Tensor("weight_quantizer/qweights")!.Values.Values);
        Assert.Equal([0.0214285739f], run.Recorded.Tensor("weight_quantizer/qweights")!.Scales!.Values);
        Assert.Equal([372], run.Recorded.Tensor("bias_quantizer/qweights")!.Values.Values);
        Assert.Equal([2], run.Recorded.Integers("bias_quantizer/shift")!.Values);
        Assert.Equal((31, 4), (run.Output.ValueBits, run.Output.FracBits[0]));
        Assert.Equal([336, 422, 1845], Frames.SelectMany(frame => run.Run(frame)));
    }

    [Fact]
    public void The_first_frame_of_floats_meets_zeros()
    {
        LayerRun run = new(Plain, 2, new FloatSpec(new Shape(1, 1, 2)));
        Assert.Equal([new Shape(1, 1, 2, 2)], run.State);
        Assert.Equal([2100.5f, 4300.5f], run.Floats([1, 2, 3, 4]));
        Assert.Equal([6521.5f, 8743.5f], run.Floats([5, 6, 7, 8]));
    }

    [Fact]
    public void Rates_of_the_input_are_divided_out_of_the_kernel()
    {
        Layer divided = Plain.DivideInputs(ScalarOrVector<float>.Vector([.5f, 1, 2, 4]));
        Assert.Equal([2, 10, 50, 250], Assert.IsType<BufferTempConv>(divided).Kernel.Values);
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        string[] arrays = ["layer/kernel:0 (1, 1, 4, 1)", "layer/bias:0 (1,)"];
        StoredLayer.AssertReadBack(Plain, arrays);
        StoredLayer.AssertReadBack(Plain with { UseBias = false, Bias = new NdArray<float>(new Shape(0), []) }, arrays[0]);
        StoredLayer.AssertReadBack(Quantizing.Of<QuantizedBufferTempConv>(Plain, bits: 4), arrays);
        StoredLayer.AssertShapesChecked(Plain);
        StoredLayer.AssertShapesChecked(Quantizing.Of<QuantizedBufferTempConv>(Plain, output: 8, ranges: [1]));
        StoredLayer.Refuses("Custom>BufferTempConv", "kernel_size", "a positive integer", ("filters", 1L), ("kernel_size", 0L));
        Assert.True(Plain.IsStateful);
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        QuantizedBufferTempConv quantized = Quantizing.Of<QuantizedBufferTempConv>(Plain);
        LayerRun.RefusesIntegers(Plain, 1, 1, 2);
        LayerRun.RefusesFloats(quantized, 1, 1, 2);
        LayerRun.Refuses("LayerInputMismatch", "must be a frame", Plain, new FloatSpec(new Shape(1, 2)));
        LayerRun.Refuses(
            "LayerInputMismatch",
            "its kernel is for 4 values, but 2 frames of 3 channels have 6",
            Plain,
            new FloatSpec(new Shape(1, 1, 3)));
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 4 values", quantized, LayerRun.Integers(1, 1, 3));
        LayerRun.Refuses("LayerInputMismatch", "a shift of 31", quantized, LayerRun.Integers([1, 1, 2], 7, 0, 31));
    }

    private static QuantSettings Weights(int bits) => new()
    {
        ["weight_quantizer"] = new QuantSettings { ["bitwidth"] = bits },
        ["buffer_bitwidth"] = 32,
    };
}

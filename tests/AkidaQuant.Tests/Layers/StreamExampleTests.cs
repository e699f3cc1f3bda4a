using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Tests.Layers;

/// <summary>The examples of layers.md 4.7, 9 and 10, in the compiled mode of the reference.</summary>
public sealed class StreamExampleTests
{
    private static readonly QuantizedSpec Frame = new(new Shape(1, 1, 2), 7, ScalarOrVector<int>.Vector([4, 3]));
    private static readonly long[][] Frames = [[10, -4], [3, 7], [-128, 127]];

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
    public void StatefulRecurrent_goes_on_from_call_to_call()
    {
        LayerRun run = new(Recurrent(), 1, new QuantizedSpec(new Shape(2, 2), 15, ScalarOrVector<int>.Scalar(10)));
        Assert.Equal([14], run.Recorded.Integers("new_state_shift")!.Values);
        Assert.Equal([-9830, 8192], run.Recorded.Tensor("a_quantizer/qweights")!.Values.Values);
        Assert.Equal(15, run.Recorded.Tensor("a_quantizer/qweights")!.FracBits[0]);
        Assert.Equal([9, 9], run.Output.FracBits.Span.ToArray());
        Assert.Equal([500, 0, -1000, 0, 15450, -150, -497, -250], run.Run([1000, -2000, 30000, 5]));
        Assert.Equal([13863, -4770, -182, -249, 11041, -8452, 4971, -170], run.Run([7, 8, -9, 10000]));
    }

    [Fact]
    public void StatefulRecurrent_quantizes_the_scales_of_its_input()
    {
        LayerRun run = new(
            Recurrent(), 1, new QuantizedSpec(new Shape(2, 2), 27, ScalarOrVector<int>.Scalar(10), ScalarOrVector<float>.Scalar(.37f)));
        RecordedTensor scale = run.Recorded.Tensor("new_state_scale")!;
        Assert.Equal([189], scale.Values.Values);
        Assert.Equal(9, scale.FracBits[0]);
        Assert.Equal([5], run.Recorded.Integers("new_state_shift")!.Values);
        Assert.Equal([185, 0, -369, 0, 5704, -55, -184, -92], run.Run([1000, -2000, 30000, 5]));
    }

    [Fact]
    public void StatefulProjection_keeps_every_second_time_step()
    {
        QuantizedStatefulProjection layer = new()
        {
            Name = "projection",
            Units = 2,
            Kernel = new NdArray<float>(new Shape(2, 2), [.7f, -.2f, .3f, .1f]),
            Bias = NdArray<float>.Vector([.5f, -.1f]),
            Subsample = 2,
            Settings = new QuantSettings { ["weight_quantizer"] = new QuantSettings { ["bitwidth"] = 4 }, ["buffer_bitwidth"] = 28 },
        };
        LayerRun run = new(layer, 1, new QuantizedSpec(new Shape(4, 2), 7, ScalarOrVector<int>.Vector([3, 5])));
        Assert.Equal([2, 0], run.Recorded.Integers("input_shift")!.Values);
        Assert.Equal([7, -7, 3, 3], run.Recorded.Tensor("weight_quantizer/qweights")!.Values.Values);
        Assert.Equal([160, -112], run.Recorded.Tensor("bias_quantizer/qweights")!.Values.Values);
        Assert.Equal(new Shape(2, 2), run.Output.Shape);
        Assert.Equal([256, -184, 380, -284], run.Run([1, 2, 3, 4, 5, 6, 7, 8]));
    }

    [Fact]
    public void PicoPostProcessing_compares_the_mean_distance_with_its_threshold()
    {
        QuantizedSpec prediction = new(new Shape(2, 2), 31, ScalarOrVector<int>.Scalar(3));
        QuantizedSpec target = new(new Shape(2, 2), 7, ScalarOrVector<int>.Scalar(0));
        LayerRun run = new(new PicoPostProcessing { Name = "pico", Threshold = 2 }.Quantize(null, new QuantizationContext(8, 32)), 2, prediction, target);
        Assert.Equal((1, 0), (run.Output.ValueBits, run.Output.FracBits[0]));
        Assert.Equal([1, 0, 0, 0], run.Run([50, 61, 90, 70, 12, 20, 3, 4], [5, 6, 7, 9, 1, 1, 1, 1]));
    }

    [Theory]
    [InlineData(1.5, 0, 1)]
    [InlineData(1.0, 1, 1)]
    public void A_threshold_between_integers_is_reached_from_the_next_one_on(double threshold, long atOne, long atTwo)
    {
        QuantizedSpec prediction = new(new Shape(2, 1), 31, ScalarOrVector<int>.Scalar(0));
        QuantizedSpec target = new(new Shape(2, 1), 7, ScalarOrVector<int>.Scalar(0));
        LayerRun run = new(new PicoPostProcessing { Name = "pico", Threshold = threshold }.Quantize(null, new QuantizationContext(8, 32)), 1, prediction, target);
        Assert.Equal([atOne], run.Run([2, -1], [0, 0]));
        Assert.Equal([atTwo], run.Run([2, -3], [0, 0]));
    }

    private static QuantizedStatefulRecurrent Recurrent()
    {
        StatefulRecurrent floating = new()
        {
            Name = "recurrent",
            Real = NdArray<float>.Vector([.9f, .5f]),
            Imaginary = NdArray<float>.Vector([-.3f, .25f]),
        };
        var quantized = (QuantizedStatefulRecurrent)floating.Quantize(null, new QuantizationContext(8, 32));
        return quantized with { OutputQuantizer = quantized.OutputQuantizer! with { RangeMax = NdArray<float>.Scalar(60f) } };
    }

    private static QuantSettings Weights(int bits) => new()
    {
        ["weight_quantizer"] = new QuantSettings { ["bitwidth"] = bits },
        ["buffer_bitwidth"] = 32,
    };
}

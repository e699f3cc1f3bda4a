using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 4.4.</summary>
public sealed class DepthwiseConv2DTests
{
    /// <summary>The layer of the example.</summary>
    private static DepthwiseConv2D Chapter => new()
    {
        Name = "layer",
        Window = new ConvolutionWindow { KernelSize = (2, 2), Padding = Padding.Same },
        Kernel = Quantizing.Kernel([2, 2, 2, 1], .7f, -.2f, .3f, .1f, -.4f, .6f, .1f, -.05f),
        Bias = NdArray<float>.Vector([.5f, -.1f]),
    };

    [Fact]
    public void Channels_keep_their_fractional_bits()
    {
        QuantizedDepthwiseConv2D layer = Quantizing.Of<QuantizedDepthwiseConv2D>(Chapter, bits: 4);
        LayerRun run = new(layer, 1, LayerRun.Integers([2, 2, 2], 7, 5, 2));
        Assert.Equal([756, 23, 161, 870, -721, 82, 195, -259], run.Run([10, -4, 3, 7, -128, 20, 5, 127]));
        Assert.Equal([7, -2, 3, 1, -4, 7, 1, -1], run.Recorded.Tensor("weight_quantizer/qweights")!.Values.Values);
        Assert.Equal([160, -5], run.Recorded.Tensor("bias_quantizer/qweights")!.Values.Values);
        Assert.Equal([1, 0], run.Recorded.Integers("bias_quantizer/shift")!.Values);
        Assert.Null(run.Recorded.Integers("input_shift"));
        Assert.Equal((27, ScalarOrVector<int>.Vector([5, 2])), (run.Output.ValueBits, run.Output.FracBits));
        Assert.Equal([0.1f, 0.0857142955f], run.Output.Scales!.Value.Span.ToArray());
        Assert.Equal((10, 10), StoredLayer.Count(layer));
        Assert.Equal(-2, ((QuantSettings)layer.Settings!["weight_quantizer"]!)["axis"]);
    }

    [Fact]
    public void Each_channel_of_floats_has_its_kernels()
    {
        DepthwiseConv2D layer = new()
        {
            Name = "layer",
            Window = new ConvolutionWindow { KernelSize = (1, 2) },
            DepthMultiplier = 2,
            Kernel = Quantizing.Kernel([1, 2, 2, 2], 1, 2, 3, 4, 10, 20, 30, 40),
            UseBias = false,
        };
        Assert.Equal([1 + 70, 2 + 140, 15 + 330, 20 + 440], LayerRun.Of(layer, new Shape(1, 2, 2), 1, 5, 7, 11));
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => SpatialCase.Any.Sample(
        given =>
        {
            DepthwiseConv2D layer = Chapter with
            {
                Window = given.Window,
                Kernel = given.Values(given.Window.KernelSize.Height, given.Window.KernelSize.Width, given.Channels, 1),
                UseBias = given.UseBias,
                Bias = given.Values(given.Channels),
            };
            LayerOracle.AssertSame(
                Quantizing.Of<QuantizedDepthwiseConv2D>(layer, given.Bits, output: -4, ranges: [2]), given.Seed, given.Integers);
            LayerOracle.AssertSame(Quantizing.Of<QuantizedDepthwiseConv2D>(layer, given.Bits), given.Seed, given.Integers);
        },
        iter: 200);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        DepthwiseConv2D layer = Chapter with { Window = Chapter.Window with { Strides = (2, 2) }, Activation = "tanh" };
        StoredLayer.AssertReadBack(layer, "layer/depthwise_kernel:0 (2, 2, 2, 1)", "layer/bias:0 (2,)");
        StoredLayer.AssertReadBack(
            layer with { DepthMultiplier = 2, Kernel = Quantizing.Steps(0, 2, 2, 1, 2) },
            "layer/depthwise_kernel:0 (2, 2, 1, 2)",
            "layer/bias:0 (2,)");
        StoredLayer.AssertShapesChecked(layer);
        StoredLayer.AssertReadBack(
            Quantizing.Of<QuantizedDepthwiseConv2D>(
                layer with { UseBias = false, Bias = new NdArray<float>(new Shape(0), []) }, output: 8, ranges: [1]),
            "layer/depthwise_kernel:0 (2, 2, 2, 1)", "layer/output_quantizer/range_max:0 ()", "layer/output_quantizer/rescaling_rate:0 ()");
    }

    [Fact]
    public void What_has_no_quantized_form_says_why()
    {
        Assert.Contains("depth multiplier is 2", (Chapter with { DepthMultiplier = 2 }).QuantizationObstacle, StringComparison.Ordinal);
        Assert.Contains(
            "strides differ",
            (Chapter with { Window = Chapter.Window with { Strides = (1, 2) } }).QuantizationObstacle,
            StringComparison.Ordinal);
        Assert.Null(Chapter.QuantizationObstacle);
        StoredLayer.Refuses("Custom>QuantizedDepthwiseConv2D", "depth_multiplier", "1", ("kernel_size", 1L), ("depth_multiplier", 2L));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        QuantizedDepthwiseConv2D layer = Quantizing.Of<QuantizedDepthwiseConv2D>(Chapter);
        LayerRun.RefusesIntegers(Chapter, 3, 3, 2);
        LayerRun.RefusesFloats(layer, 3, 3, 2);
        LayerRun.RefusesScales(layer, 3, 3, 2);
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 2 channels", Chapter, new FloatSpec(new Shape(3, 3, 3)));
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 2 channels", layer, LayerRun.Integers(3, 3, 1));
        LayerRun.Refuses("LayerInputMismatch", "28 value bits", layer, LayerRun.Integers([3, 3, 2], 28, 0));
    }
}

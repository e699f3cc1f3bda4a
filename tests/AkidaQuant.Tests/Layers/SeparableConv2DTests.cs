using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 4.6.</summary>
public sealed class SeparableConv2DTests
{
    /// <summary>The layer of the example.</summary>
    private static SeparableConv2D Chapter => new()
    {
        Name = "layer",
        Filters = 1,
        Window = new ConvolutionWindow { KernelSize = (2, 2) },
        DepthwiseKernel = Quantizing.Kernel([2, 2, 2, 1], .7f, -.2f, .3f, .1f, -.4f, .6f, .1f, -.05f),
        PointwiseKernel = Quantizing.Kernel([1, 1, 2, 1], .5f, -.25f),
        Bias = NdArray<float>.Vector([.5f]),
    };

    [Fact]
    public void Both_kernels_give_the_integers_of_the_example()
    {
        QuantizedSeparableConv2D layer = Quantizing.Of<QuantizedSeparableConv2D>(Chapter, bits: 4);
        LayerRun run = new(layer, 1, LayerRun.Integers([2, 2, 2], 7, 3, 2));
        Assert.Equal([3922], run.Run([10, -4, 3, 7, -128, 20, 5, 127]));
        Assert.Equal([0, 1], run.Recorded.Integers("input_shift")!.Values);
        Assert.Equal([7, -2, 3, 1, -4, 6, 1, 0], run.Recorded.Tensor("dw_weight_quantizer/qweights")!.Values.Values);
        Assert.Equal([7, -3], run.Recorded.Tensor("pw_weight_quantizer/qweights")!.Values.Values);
        Assert.Equal([560], run.Recorded.Tensor("bias_quantizer/qweights")!.Values.Values);
        Assert.Equal((31, 3, 0.00714285765f), (run.Output.ValueBits, run.Output.FracBits[0], run.Output.Scales!.Value[0]));
        Assert.Equal((11, 11), StoredLayer.Count(layer));
    }

    [Fact]
    public void Floats_go_through_one_kernel_and_then_the_other()
    {
        SeparableConv2D layer = Chapter with
        {
            Window = new ConvolutionWindow { KernelSize = (1, 2) },
            DepthwiseKernel = Quantizing.Kernel([1, 2, 2, 1], 1, 2, 3, 4),
            PointwiseKernel = Quantizing.Kernel([1, 1, 2, 1], 100, 1),
        };
        Assert.Equal([(100 * (1 + (3 * 7))) + (2 * 5) + (4 * 11) + .5f], LayerRun.Of(layer, new Shape(1, 2, 2), 1, 5, 7, 11));
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => SpatialCase.Any.Sample(
        given =>
        {
            SeparableConv2D layer = Chapter with
            {
                Filters = given.Filters,
                Window = given.Window,
                DepthwiseKernel = given.Values(given.Window.KernelSize.Height, given.Window.KernelSize.Width, given.Channels, 1),
                PointwiseKernel = given.Values(1, 1, given.Channels, given.Filters),
                UseBias = given.UseBias,
                Bias = given.Values(given.Filters),
            };
            LayerOracle.AssertSame(
                Quantizing.Of<QuantizedSeparableConv2D>(layer, given.Bits, output: 8, ranges: [1]), given.Seed, given.Integers);
            LayerOracle.AssertSame(Quantizing.Of<QuantizedSeparableConv2D>(layer, given.Bits), given.Seed, given.Integers);
        },
        iter: 200);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        string[] arrays = ["layer/depthwise_kernel:0 (2, 2, 2, 1)", "layer/pointwise_kernel:0 (1, 1, 2, 1)", "layer/bias:0 (1,)"];
        StoredLayer.AssertReadBack(Chapter with { Window = Chapter.Window with { Padding = Padding.Same }, Activation = "relu6" }, arrays);
        StoredLayer.AssertReadBack(Quantizing.Of<QuantizedSeparableConv2D>(Chapter, bits: 3), arrays);
        StoredLayer.AssertShapesChecked(Chapter);
        StoredLayer.AssertShapesChecked(Quantizing.Of<QuantizedSeparableConv2D>(Chapter, output: 8, ranges: [1]));
        StoredLayer.Refuses(
            "Custom>QuantizedSeparableConv2D", "depth_multiplier", "1", ("filters", 1L), ("kernel_size", 1L), ("depth_multiplier", 2L));
        Assert.Contains("depth multiplier", (Chapter with { DepthMultiplier = 2 }).QuantizationObstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        QuantizedSeparableConv2D layer = Quantizing.Of<QuantizedSeparableConv2D>(Chapter);
        LayerRun.RefusesIntegers(Chapter, 3, 3, 2);
        LayerRun.RefusesFloats(layer, 3, 3, 2);
        LayerRun.RefusesScales(layer, 3, 3, 2);
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 2 channels", Chapter, new FloatSpec(new Shape(3, 3, 3)));
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 2 channels", layer, LayerRun.Integers(3, 3, 3));
        LayerRun.Refuses("LayerInputMismatch", "a shift of 31", layer, LayerRun.Integers([3, 3, 2], 7, 0, 31));
    }
}

using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 4.5.</summary>
public sealed class DepthwiseConv2DTransposeTests
{
    private static DepthwiseConv2DTranspose Plain => new()
    {
        Name = "t",
        Window = Window(3, 2, Padding.Same),
        Kernel = Kernel(3, 3, 2, 1),
        Bias = NdArray<float>.Vector([.5f, .25f]),
    };

    [Fact]
    public void A_depthwise_transposed_convolution_gives_the_integers_of_the_worked_example()
    {
        QuantizedDepthwiseConv2DTranspose layer = new()
        {
            Name = "t",
            Window = Window(3, 2, Padding.Same),
            Kernel = Kernel(3, 3, 2, 1),
            Bias = NdArray<float>.Vector([0.5f, 0.25f]),
            Settings = Bits(4, axis: null),
        };
        (QuantizedSpec spec, RecordedVariables recorded, long[] values) = LayerRun.Of(
            layer, LayerRun.Fixed(new Shape(1, 2, 2), 7, [3], 10, -4, 3, 7));
        Assert.Equal([-29, 36, -19, 32, -17, -11, 16, -12, 11, 20, 31, 12, 45, 1, 31, 23], values);
        Assert.Equal((new Shape(2, 4, 2), 27, ScalarOrVector<int>.Scalar(3)), (spec.Shape, spec.ValueBits, spec.FracBits));
        Assert.True(spec.Scales!.Value.IsScalar);
        Assert.Equal([31, 16], recorded.Tensor("bias_quantizer/qweights")!.Values.Values);
    }

    [Fact]
    public void All_channels_have_one_scale()
    {
        QuantizedDepthwiseConv2DTranspose layer = Quantizing.Of<QuantizedDepthwiseConv2DTranspose>(Plain, bits: 4);
        Assert.Null(((QuantSettings)layer.Settings!["weight_quantizer"]!)["axis"]);
        LayerRun run = new(layer, 1, LayerRun.Integers([1, 2, 2], 7, 3));
        Assert.Equal([-29, 36, -19, 32, -17, -11, 16, -12, 11, 20, 31, 12, 45, 1, 31, 23], run.Run([10, -4, 3, 7]));
        Assert.Equal((20, 20), StoredLayer.Count(layer));
    }

    [Fact]
    public void Each_value_spreads_over_the_window_of_its_channel()
    {
        DepthwiseConv2DTranspose layer = new()
        {
            Name = "t",
            Window = Window(2, 2, Padding.Same),
            Kernel = Quantizing.Kernel([2, 2, 2, 1], 1, 2, 10, 20, 100, 200, 1000, 2000),
            UseBias = false,
        };
        Assert.Equal([3, 10, 30, 100, 300, 1000, 3000, 10000], LayerRun.Of(layer, new Shape(1, 1, 2), 3, 5));
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => SpatialCase.Any.Sample(
        given =>
        {
            DepthwiseConv2DTranspose layer = Plain with
            {
                Window = Window(given.Window.KernelSize.Height, 2, Padding.Same),
                Kernel = given.Values(given.Window.KernelSize.Height, given.Window.KernelSize.Height, given.Channels, 1),
                UseBias = given.UseBias,
                Bias = given.Values(given.Channels),
            };
            LayerOracle.AssertSame(
                Quantizing.Of<QuantizedDepthwiseConv2DTranspose>(layer, given.Bits, output: 8, ranges: [1]), given.Seed, given.Integers);
            LayerOracle.AssertSame(Quantizing.Of<QuantizedDepthwiseConv2DTranspose>(layer, given.Bits), given.Seed, given.Integers);
        },
        iter: 200);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        string[] arrays = ["t/depthwise_kernel:0 (3, 3, 2, 1)", "t/bias:0 (2,)"];
        StoredLayer.AssertReadBack(Plain with { Activation = "relu" }, arrays);
        StoredLayer.AssertReadBack(Quantizing.Of<QuantizedDepthwiseConv2DTranspose>(Plain), arrays);
        StoredLayer.AssertShapesChecked(Plain);
        StoredLayer.AssertShapesChecked(Quantizing.Of<QuantizedDepthwiseConv2DTranspose>(Plain, output: 8, ranges: [1]));
    }

    [Theory]
    [InlineData("strides", 3L, "2")]
    [InlineData("padding", "valid", "'same'")]
    [InlineData("dilation_rate", 2L, "1")]
    [InlineData("depth_multiplier", 2L, "1")]
    public void Arguments_that_the_reference_has_no_form_for_are_refused(string key, object value, string expected) =>
        StoredLayer.Refuses("Custom>DepthwiseConv2DTranspose", key, expected, ("kernel_size", 3L), (key, value));

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        QuantizedDepthwiseConv2DTranspose quantized = Quantizing.Of<QuantizedDepthwiseConv2DTranspose>(Plain);
        LayerRun.RefusesIntegers(Plain, 3, 3, 2);
        LayerRun.RefusesFloats(quantized, 3, 3, 2);
        LayerRun.RefusesScales(quantized, 3, 3, 2);
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 2 channels", Plain, new FloatSpec(new Shape(3, 3, 3)));
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 2 channels", quantized, LayerRun.Integers(3, 3, 3));
        LayerRun.Refuses("LayerInputMismatch", "a shift of 27", quantized, LayerRun.Integers([3, 3, 2], 7, 0, 27));
    }

    private static TransposedWindow Window(int kernel, int stride, Padding padding) => new()
    {
        Forward = new ConvolutionWindow { KernelSize = (kernel, kernel), Strides = (stride, stride), Padding = padding },
    };

    /// <summary>(0, 1, 2, … - 8) / 10, as in the chapter.</summary>
    private static NdArray<float> Kernel(params int[] dimensions)
    {
        Shape shape = new(dimensions);
        return new NdArray<float>(shape, [.. Enumerable.Range(0, shape.Size).Select(i => (float)((i - 8) / 10.0))]);
    }

    private static QuantSettings Bits(int bits, int? axis) =>
        new() { ["weight_quantizer"] = new QuantSettings { ["bitwidth"] = bits, ["axis"] = axis }, ["buffer_bitwidth"] = 28 };
}

using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 3 and 4.3.</summary>
public sealed class Conv2DTransposeTests
{
    private static readonly (QuantizedSpec Spec, long[] Values) Input = LayerRun.Fixed(new Shape(1, 2, 2), 7, [4, 3], 10, -4, 3, 7);

    [Fact]
    public void A_transposed_convolution_gives_the_integers_of_the_worked_example()
    {
        QuantizedConv2DTranspose layer = new()
        {
            Name = "t",
            Filters = 1,
            Window = Window(3, 2, Padding.Same),
            Kernel = Kernel(3, 3, 1, 2),
            Bias = NdArray<float>.Vector([0.5f]),
            Settings = Bits(4),
        };
        (QuantizedSpec spec, RecordedVariables recorded, long[] values) = LayerRun.Of(layer, Input);
        Assert.Equal([42, 44, -40, -9, 50, 54, 46, 76], values);
        Assert.Equal((new Shape(2, 4, 1), 27, ScalarOrVector<int>.Scalar(4)), (spec.Shape, spec.ValueBits, spec.FracBits));
        Assert.Equal([0, 1], recorded.Integers("input_shift")!.Values);
        Assert.Equal(
            [-6, -5, -5, -4, -3, -2, -2, -1, 0, 1, 2, 2, 3, 4, 5, 5, 6, 7], recorded.Tensor("weight_quantizer/qweights")!.Values.Values);
        Assert.Equal(new Shape(3, 3, 2, 1), recorded.Tensor("weight_quantizer/qweights")!.Values.Shape);
        Assert.Equal([0.128571436f], recorded.Tensor("weight_quantizer/qweights")!.Scales!.Values);
        Assert.Equal([62], recorded.Tensor("bias_quantizer/qweights")!.Values.Values);
    }

    [Theory]
    [InlineData(5, 3, 2, 1, true, null, 10)]
    [InlineData(5, 3, 2, 1, true, 1, 10)]
    [InlineData(5, 3, 2, 1, true, 0, 9)]
    [InlineData(5, 3, 2, 1, false, null, 11)]
    [InlineData(5, 3, 2, 1, false, 1, 12)]
    [InlineData(5, 2, 3, 1, false, null, 15)]
    [InlineData(5, 3, 1, 2, false, null, 9)]
    [InlineData(5, 3, 1, 2, true, null, 5)]
    public void Output_sizes_follow_the_table_of_the_chapter(
        int size, int kernel, int stride, int dilation, bool same, int? outputPadding, int expected)
    {
        Conv2DTranspose layer = new()
        {
            Name = "t",
            Filters = 3,
            Window = new TransposedWindow
            {
                Forward = Window(kernel, stride, same ? Padding.Same : Padding.Valid).Forward with { Dilation = (dilation, dilation) },
                OutputPadding = outputPadding is { } padding ? (padding, padding) : null,
            },
            UseBias = false,
            Kernel = Kernel(kernel, kernel, 3, 2),
        };
        Assert.Equal(new Shape(expected, expected, 3), LayerRun.ShapeOver(layer, size, size, 2));
    }

    [Fact]
    public void An_output_that_no_convolution_takes_to_the_input_is_refused()
    {
        Conv2DTranspose layer = new()
        {
            Name = "t",
            Filters = 1,
            Window = Window(4, 2, Padding.Same) with { OutputPadding = (0, 0) },
            UseBias = false,
            Kernel = Kernel(4, 4, 1, 2),
        };
        QuantException error = Assert.Throws<QuantException>(() => LayerRun.ShapeOver(layer, 5, 5, 2));
        Assert.Equal("LayerInputMismatch", error.Id);
        Assert.Contains("output_padding", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dividing_the_inputs_of_a_transposed_kernel_divides_its_last_axis()
    {
        Conv2DTranspose layer = new()
        {
            Name = "t",
            Filters = 3,
            Window = Window(1, 1, Padding.Valid),
            Kernel = new NdArray<float>(new Shape(1, 1, 3, 2), [1, 2, 3, 4, 5, 6]),
        };
        var divided = (Conv2DTranspose)layer.DivideInputs(ScalarOrVector<float>.Vector([0.5f, 2f]));
        Assert.Equal([2, 1, 6, 2, 10, 3], divided.Kernel.Values);
    }

    [Fact]
    public void Transposed_convolutions_have_no_padding_of_two_halves()
    {
        Graph graph = new(4, 4, 1);
        graph.Add(new Conv2DTranspose
        {
            Name = "t",
            Filters = 1,
            Window = new TransposedWindow { Forward = Graph.Window(3, 2, Padding.SameUpper) },
            Kernel = graph.Values(3, 3, 1, 1),
            UseBias = false,
        });
        Assert.Equal("LayerInputMismatch", Assert.Throws<QuantException>(() => graph.Build().Plan).Id);
    }

    /// <summary>Strides of 2 and "same", the kernel of the processor, or any other.</summary>
    [Fact]
    public void Integers_are_those_of_the_plain_operations() => SpatialCase.Any.Sample(
        given =>
        {
            (int height, int width) = given.Window.KernelSize;
            Conv2DTranspose layer = new()
            {
                Name = "t",
                Filters = given.Filters,
                Window = new TransposedWindow { Forward = given.Window with { Padding = Padding.Same, Dilation = (1, 1), Pads = default } },
                Kernel = given.Values(height, width, given.Filters, given.Channels),
                UseBias = given.UseBias,
                Bias = given.Values(given.Filters),
            };
            LayerOracle.AssertSame(
                Quantizing.Of<QuantizedConv2DTranspose>(layer, given.Bits, output: 8, ranges: [1]), given.Seed, given.Integers);
            LayerOracle.AssertSame(Quantizing.Of<QuantizedConv2DTranspose>(layer, given.Bits), given.Seed, given.Integers);
        },
        iter: 200);

    [Fact]
    public void Each_value_spreads_over_its_window()
    {
        Conv2DTranspose layer = new()
        {
            Name = "t",
            Filters = 1,
            Window = Window(2, 1, Padding.Valid),
            Kernel = Quantizing.Kernel([2, 2, 1, 1], 1, 10, 100, 1000),
            Bias = NdArray<float>.Vector([.5f]),
            Activation = "relu",
        };
        Assert.Equal([3.5f, 34.5f, 40.5f, 300.5f, 3400.5f, 4000.5f], LayerRun.Of(layer, new Shape(1, 2, 1), 3, 4));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Conv2DTranspose layer = new()
        {
            Name = "t",
            Filters = 3,
            Window = Window(2, 2, Padding.Same) with { OutputPadding = (1, 0) },
            Kernel = Quantizing.Steps(0, 2, 2, 3, 4),
            Bias = Quantizing.Steps(0, 3),
        };
        string[] arrays = ["t/kernel:0 (2, 2, 3, 4)", "t/bias:0 (3,)"];
        StoredLayer.AssertReadBack(layer, arrays);
        StoredLayer.AssertReadBack(Quantizing.Of<QuantizedConv2DTranspose>(layer, bits: 4), arrays);
        StoredLayer.AssertShapesChecked(layer);
        StoredLayer.AssertShapesChecked(Quantizing.Of<QuantizedConv2DTranspose>(layer, output: 8, ranges: [1]));
        StoredLayer.Refuses(
            "Conv2DTranspose",
            "output_padding",
            "smaller than the strides",
            ("filters", 1L),
            ("kernel_size", 3L),
            ("strides", 2L),
            ("output_padding", 2L));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        Conv2DTranspose layer = new()
        {
            Name = "t",
            Filters = 1,
            Window = Window(3, 2, Padding.Same),
            Kernel = Kernel(3, 3, 1, 2),
            UseBias = false,
        };
        QuantizedConv2DTranspose quantized = Quantizing.Of<QuantizedConv2DTranspose>(layer);
        LayerRun.RefusesIntegers(layer, 3, 3, 2);
        LayerRun.RefusesFloats(quantized, 3, 3, 2);
        LayerRun.RefusesScales(quantized, 3, 3, 2);
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 2 channels", layer, new FloatSpec(new Shape(3, 3, 3)));
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 2 channels", quantized, LayerRun.Integers(3, 3, 3));
        LayerRun.Refuses("LayerInputMismatch", "(height, width, channels)", layer, new FloatSpec(new Shape(3, 2)));
        Conv2DTranspose small = layer with
        {
            Window = Window(2, 2, Padding.Same) with { OutputPadding = (0, 0) },
            Kernel = Kernel(2, 2, 1, 2),
        };
        LayerRun.Refuses("LayerInputMismatch", "is empty", small, new FloatSpec(new Shape(1, 1, 2)));
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

    private static QuantSettings Bits(int bits) =>
        new() { ["weight_quantizer"] = new QuantSettings { ["bitwidth"] = bits }, ["buffer_bitwidth"] = 28 };
}

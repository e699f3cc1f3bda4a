using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>The worked examples and sizes of layers.md 3, 4.3 and 4.5.</summary>
public sealed class TransposedTests
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
        Assert.Equal([-6, -5, -5, -4, -3, -2, -2, -1, 0, 1, 2, 2, 3, 4, 5, 5, 6, 7], recorded.Tensor("weight_quantizer/qweights")!.Values.Values);
        Assert.Equal(new Shape(3, 3, 2, 1), recorded.Tensor("weight_quantizer/qweights")!.Values.Shape);
        Assert.Equal([0.128571436f], recorded.Tensor("weight_quantizer/qweights")!.Scales!.Values);
        Assert.Equal([62], recorded.Tensor("bias_quantizer/qweights")!.Values.Values);
    }

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
        (QuantizedSpec spec, RecordedVariables recorded, long[] values) = LayerRun.Of(layer, LayerRun.Fixed(new Shape(1, 2, 2), 7, [3], 10, -4, 3, 7));
        Assert.Equal([-29, 36, -19, 32, -17, -11, 16, -12, 11, 20, 31, 12, 45, 1, 31, 23], values);
        Assert.Equal((new Shape(2, 4, 2), 27, ScalarOrVector<int>.Scalar(3)), (spec.Shape, spec.ValueBits, spec.FracBits));
        Assert.True(spec.Scales!.Value.IsScalar);
        Assert.Equal([31, 16], recorded.Tensor("bias_quantizer/qweights")!.Values.Values);
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
    public void Output_sizes_follow_the_table_of_the_chapter(int size, int kernel, int stride, int dilation, bool same, int? outputPadding, int expected)
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
        Assert.Equal(new Shape(expected, expected, 3), layer.Prepare([new FloatSpec(new Shape(size, size, 2))]).Output.Shape);
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
        QuantException error = Assert.Throws<QuantException>(() => layer.Prepare([new FloatSpec(new Shape(5, 5, 2))]));
        Assert.Equal("LayerInputMismatch", error.Id);
        Assert.Contains("output_padding", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dividing_the_inputs_of_a_transposed_kernel_divides_its_last_axis()
    {
        Conv2DTranspose layer = new() { Name = "t", Filters = 3, Window = Window(1, 1, Padding.Valid), Kernel = new NdArray<float>(new Shape(1, 1, 3, 2), [1, 2, 3, 4, 5, 6]) };
        var divided = (Conv2DTranspose)layer.DivideInputs(ScalarOrVector<float>.Vector([0.5f, 2f]));
        Assert.Equal([2, 1, 6, 2, 10, 3], divided.Kernel.Values);
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

    private static QuantSettings Bits(int bits) => new() { ["weight_quantizer"] = new QuantSettings { ["bitwidth"] = bits }, ["buffer_bitwidth"] = 28 };

    private static QuantSettings Bits(int bits, int? axis) =>
        new() { ["weight_quantizer"] = new QuantSettings { ["bitwidth"] = bits, ["axis"] = axis }, ["buffer_bitwidth"] = 28 };
}

using AkidaQuant.Geometry;
using CsCheck;
using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Reference;

public sealed class ConvolutionTests
{
    private static readonly FixedPoint Image = Fixed([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9], 15, 2);
    private static readonly FixedPoint Square = Fixed([2, 2, 1, 1], [1, 10, 100, 1000], 15, 1);

    [Fact]
    public void Valid_padding_correlates()
    {
        FixedPoint result = Convolutions.Convolution(Image, Square, new ConvolutionSteps());
        Check(result, [5421, 6532, 8754, 9865], 15, Bits(3));
        Assert.Equal(new Shape(1, 2, 2, 1), result.Shape);
    }

    [Fact]
    public void Same_padding_puts_the_extra_zero_behind()
    {
        FixedPoint result = Convolutions.Convolution(Image, Square, new ConvolutionSteps(Padding: Padding.Same));
        Check(result, [5421, 6532, 603, 8754, 9865, 906, 87, 98, 9], 15, Bits(3));
    }

    [Fact]
    public void Strides_and_dilation()
    {
        Check(Convolutions.Convolution(Image, Square, new ConvolutionSteps(2, 2, Padding: Padding.Same)), [5421, 603, 87, 9], 15, Bits(3));
        Check(Convolutions.Convolution(Image, Square, new ConvolutionSteps(1, 1, 2, 2)), [9731], 15, Bits(3));
    }

    [Fact]
    public void Only_the_final_sum_saturates()
    {
        FixedPoint input = Fixed([1, 1, 1, 2], [100, 100], 10, 0);
        Check(Convolutions.Convolution(input, Fixed([1, 1, 2, 1], [100, -90], 7, 0), new ConvolutionSteps()), [1000], 10, Bits(0));
        Check(Convolutions.Convolution(input, Fixed([1, 1, 2, 1], [100, 90], 7, 0), new ConvolutionSteps()), [1023], 10, Bits(0));
    }

    [Fact]
    public void Channels_and_filters_with_scales()
    {
        FixedPoint input = Fixed([1, 1, 1, 2], [3, 5], 15, 2);
        QFloat kernel = new(Fixed([1, 1, 2, 3], [1, 2, 3, 10, 20, 30], 7, 0), Scales(0.5f, 0.25f, 2));
        QFloat result = Convolutions.Convolution(input, kernel, new ConvolutionSteps());
        Check(result.Inner, [53, 106, 159], 15, Bits(2));
        Assert.Equal(kernel.Scales, result.Scales);
        Assert.Equal(Scales(2, 1, 8), Convolutions.Convolution(new QFloat(input, 4f), kernel, new ConvolutionSteps()).Scales);
    }

    [Fact]
    public void Inputs_must_be_per_tensor()
    {
        FixedPoint input = new(new NdArray<long>(new Shape(1, 1, 1, 2), [3, 5]), 15, BitsOf(1, 2));
        FixedPoint kernel = Fixed([1, 1, 2, 1], [1, 1], 7, 0);
        Assert.Equal("AssertionPerTensor", IdOf(() => Convolutions.Convolution(input, kernel, new ConvolutionSteps())));
        Assert.Equal("AssertionPerTensor", IdOf(() => Convolutions.TransposedConvolution(input, kernel, new ConvolutionSteps())));
        QFloat scaled = new(Fixed([1, 1, 1, 2], [3, 5], 15, 0), Scales(1, 2));
        Assert.Equal("AssertionPerTensor", IdOf(() => Convolutions.Convolution(scaled, new QFloat(kernel, 1f), new ConvolutionSteps())));
    }

    [Fact]
    public void Depthwise_kernels_may_meet_channels_with_binary_points_of_their_own()
    {
        FixedPoint input = new(new NdArray<long>(new Shape(1, 1, 2, 2), [3, 5, 7, 11]), 15, BitsOf(1, 2));
        FixedPoint kernel = FixedPoint.Create(
            new NdArray<long>(new Shape(1, 2, 2, 1), [1, 10, 100, 1000]), 15, new NdArray<int>(new Shape(2, 1), [3, 5]));
        Check(Convolutions.DepthwiseConvolution(input, kernel, new ConvolutionSteps()), [703, 11050], 15, BitsOf(4, 7));
    }

    [Fact]
    public void Depthwise_scales_are_squeezed()
    {
        FixedPoint input = Fixed([1, 1, 1, 2], [3, 5], 15, 0);
        QFloat kernel = QFloat.Create(Fixed([1, 1, 2, 1], [2, 3], 7, 0), new NdArray<float>(new Shape(2, 1), [0.5f, 0.25f]));
        QFloat result = Convolutions.DepthwiseConvolution(input, kernel, new ConvolutionSteps());
        Check(result.Inner, [6, 15], 15, Bits(0));
        Assert.Equal(Scales(0.5f, 0.25f), result.Scales);
        QFloat one = QFloat.Create(Fixed([1, 1, 1, 1], [2], 7, 0), new NdArray<float>(new Shape(1, 1), [0.5f]));
        Assert.Equal(Scale(0.5f), Convolutions.DepthwiseConvolution(Image, one, new ConvolutionSteps()).Scales);
    }

    [Fact]
    public void Transposed_convolution_adds_the_kernel_to_windows()
    {
        FixedPoint input = Fixed([1, 1, 2, 1], [1, 2], 15, 1);
        FixedPoint kernel = Fixed([1, 3, 1, 1], [1, 10, 100], 15, 2);
        Check(Convolutions.TransposedConvolution(input, kernel, new ConvolutionSteps(1, 2)), [1, 10, 102, 20, 200], 15, Bits(3));
        Check(
            Convolutions.TransposedConvolution(input, kernel, new ConvolutionSteps(1, 2, Padding: Padding.Same)),
            [1, 10, 102, 20],
            15,
            Bits(3));
        Check(Convolutions.TransposedConvolution(input, kernel, new ConvolutionSteps(Padding: Padding.Same)), [12, 120], 15, Bits(3));
    }

    [Fact]
    public void Transposed_convolution_keeps_channels_and_filters_apart()
    {
        FixedPoint input = Fixed([1, 1, 1, 2], [1, 2], 15, 0);
        QFloat kernel = new(Fixed([1, 1, 2, 3], [1, 10, 100, 2, 20, 200], 15, 0), Scales(1, 2, 3));
        QFloat result = Convolutions.TransposedConvolution(input, kernel, new ConvolutionSteps());
        Check(result.Inner, [5, 50, 500], 15, Bits(0));
        Assert.Equal(kernel.Scales, result.Scales);
    }

    [Fact]
    public void Transposed_convolution_is_the_adjoint_of_the_convolution() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Bool, Gen.Int).Sample((size, stride, same, seed) =>
        {
            Random random = new(seed);
            ConvolutionSteps steps = new(stride, stride, Padding: same ? Padding.Same : Padding.Valid);
            FixedPoint small = Values(random, 1, 2, 3, 2);
            FixedPoint kernel = Values(random, size, size, 2, 3);
            FixedPoint large = Convolutions.TransposedConvolution(small, kernel, steps);
            FixedPoint probe = Values(random, [.. large.Shape]);

            // The forward kernel has the filters as its inputs.
            FixedPoint forward = ShapeOperations.Transpose(kernel, [0, 1, 3, 2]);
            FixedPoint back = Convolutions.Convolution(probe, forward, steps);
            Assert.Equal(small.Shape, back.Shape);
            Assert.Equal(Inner(large, probe), Inner(small, back));
        });

    [Fact]
    public void Shapes_that_do_not_fit()
    {
        Assert.Equal(
            "ConvolutionShapes",
            IdOf(() => Convolutions.Convolution(Image, Fixed([2, 2, 2, 1], new long[8], 7, 0), new ConvolutionSteps())));
        Assert.Equal(
            "ConvolutionShapes",
            IdOf(() => Convolutions.Convolution(Image, Fixed([4, 4, 1, 1], new long[16], 7, 0), new ConvolutionSteps())));
        Assert.Equal("ConvolutionShapes", IdOf(() => Convolutions.Convolution(Fixed([1], 7, 0), Square, new ConvolutionSteps())));
        Assert.Equal(
            "ConvolutionShapes",
            IdOf(() => Convolutions.DepthwiseConvolution(Image, Fixed([1, 1, 1, 2], [1, 1], 7, 0), new ConvolutionSteps())));
        Assert.Equal(
            "ConvolutionShapes",
            IdOf(() => Convolutions.TransposedConvolution(Image, Fixed([1, 1, 2, 1], [1, 1], 7, 0), new ConvolutionSteps())));
    }

    [Fact]
    public void Maxima_of_negative_windows_stay_negative_at_the_border()
    {
        FixedPoint input = new(new NdArray<long>(new Shape(1, 3, 1, 2), [-5, 1, -3, 2, -7, 3]), 7, BitsOf(1, 2));
        FixedPoint result = Pooling.MaxPool(input, (2, 1), new ConvolutionSteps(2, 1, Padding: Padding.Same));
        Check(result, [-3, 2, -7, 3], 7, BitsOf(1, 2));
        Check(Pooling.MaxPool(input, (2, 1), new ConvolutionSteps(2, 1)), [-3, 2], 7, BitsOf(1, 2));
        Assert.Equal(Scale(0.5f), Pooling.MaxPool(new QFloat(input, 0.5f), (2, 1), new ConvolutionSteps()).Scales);
    }

    private static FixedPoint Values(Random random, params int[] shape) =>
        Fixed(shape, [.. Enumerable.Range(0, new Shape(shape).Size).Select(_ => (long)random.Next(-9, 10))], 40, 0);

    private static long Inner(FixedPoint left, FixedPoint right) => left.Values.Values.Zip(right.Values.Values, (a, b) => a * b).Sum();
}

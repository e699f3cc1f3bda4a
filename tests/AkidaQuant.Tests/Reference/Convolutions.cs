using AkidaQuant.Geometry;
using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <summary>Strides, dilation and padding of a convolution.</summary>
/// <param name="StrideHeight">Rows between two windows.</param>
/// <param name="StrideWidth">Columns between two windows.</param>
/// <param name="DilationHeight">Rows between two taps.</param>
/// <param name="DilationWidth">Columns between two taps.</param>
/// <param name="Padding">How the border is treated; padding inserts zeros.</param>
/// <param name="Pads">The amounts of <see cref="Padding.Explicit"/>.</param>
public sealed record ConvolutionSteps(
    int StrideHeight = 1,
    int StrideWidth = 1,
    int DilationHeight = 1,
    int DilationWidth = 1,
    Padding Padding = Padding.Valid,
    EdgePads Pads = default);

/// <summary>
/// Two-dimensional convolutions (numerics.md 4.3): exact sums of products, saturated once to the value bits of
/// the input. Inputs have the shape (batch, height, width, channels); fractional bits are added.
/// </summary>
public static class Convolutions
{
    /// <summary>The cross-correlation with a kernel of shape (height, width, channels, filters).</summary>
    /// <exception cref="QuantException">AssertionPerTensor: the input; ConvolutionShapes.</exception>
    public static FixedPoint Convolution(FixedPoint input, FixedPoint kernel, ConvolutionSteps steps)
    {
        OperandAssertions.PerTensor(input.IsPerTensor, "A convolution");
        return new FixedPoint(
            Correlate(input, kernel.Values, kernel.Shape, steps, perChannel: false),
            input.ValueBits,
            Elementwise.AddFracBits(input, kernel));
    }

    /// <inheritdoc cref="Convolution(FixedPoint, FixedPoint, ConvolutionSteps)"/>
    public static QFloat Convolution(FixedPoint input, QFloat kernel, ConvolutionSteps steps) =>
        new(Convolution(input, kernel.Inner, steps), kernel.Scales);

    /// <inheritdoc cref="Convolution(FixedPoint, FixedPoint, ConvolutionSteps)"/>
    public static QFloat Convolution(QFloat input, QFloat kernel, ConvolutionSteps steps)
    {
        OperandAssertions.PerTensor(input.IsPerTensor, "A convolution");
        return new QFloat(Convolution(input.Inner, kernel.Inner, steps), Elementwise.MultiplyScales(input.Scales, kernel.Scales));
    }

    /// <summary>
    /// The cross-correlation of each channel with its own kernel, of shape (height, width, channels, 1). The input
    /// may have fractional bits for each channel.
    /// </summary>
    /// <exception cref="QuantException">ConvolutionShapes.</exception>
    public static FixedPoint DepthwiseConvolution(FixedPoint input, FixedPoint kernel, ConvolutionSteps steps) => new(
        Correlate(input, kernel.Values, kernel.Shape, steps, perChannel: true), input.ValueBits, Elementwise.AddFracBits(input, kernel));

    /// <inheritdoc cref="DepthwiseConvolution(FixedPoint, FixedPoint, ConvolutionSteps)"/>
    public static QFloat DepthwiseConvolution(FixedPoint input, QFloat kernel, ConvolutionSteps steps) =>
        new(DepthwiseConvolution(input, kernel.Inner, steps), kernel.Scales);

    /// <summary>
    /// The transposed convolution with a kernel of shape (height, width, channels, filters): every input element
    /// adds the kernel to the window that it stands for (layers.md 3, output padding not given).
    /// </summary>
    /// <exception cref="QuantException">AssertionPerTensor: the input; ConvolutionShapes.</exception>
    public static FixedPoint TransposedConvolution(FixedPoint input, FixedPoint kernel, ConvolutionSteps steps)
    {
        OperandAssertions.PerTensor(input.IsPerTensor, "A transposed convolution");
        return new FixedPoint(Scatter(input, kernel, steps), input.ValueBits, Elementwise.AddFracBits(input, kernel));
    }

    /// <inheritdoc cref="TransposedConvolution(FixedPoint, FixedPoint, ConvolutionSteps)"/>
    public static QFloat TransposedConvolution(FixedPoint input, QFloat kernel, ConvolutionSteps steps) =>
        new(TransposedConvolution(input, kernel.Inner, steps), kernel.Scales);

    internal static ConvolutionGeometry Geometry(Shape image, (int Height, int Width) kernel, int filters, ConvolutionSteps steps)
    {
        try
        {
            return ConvolutionGeometry.Create(
                image,
                kernel,
                (steps.StrideHeight, steps.StrideWidth),
                (steps.DilationHeight, steps.DilationWidth),
                steps.Padding,
                filters,
                steps.Pads);
        }
        catch (ArgumentException exception)
        {
            throw new QuantException("ConvolutionShapes", QuantErrorKind.InvalidArgument, exception.Message, null, exception);
        }
    }

    /// <summary>The shape of one sample.</summary>
    internal static Shape Image(Shape input) => input.Rank == 4 ? new Shape(input[1], input[2], input[3]) : throw Wrong(
        $"the input must have the shape (batch, height, width, channels), but it has {input}");

    private static NdArray<long> Correlate(FixedPoint input, NdArray<long> kernel, Shape shape, ConvolutionSteps steps, bool perChannel)
    {
        Shape image = Image(input.Shape);
        if (shape.Rank != 4 || shape[2] != image.Channels || (perChannel && shape[3] != 1))
        {
            throw Wrong($"a kernel of shape {shape} does not fit an input of {image.Channels} channels");
        }

        ConvolutionGeometry geometry = Geometry(image, (shape[0], shape[1]), perChannel ? image.Channels : shape[3], steps);
        Shape output = geometry.OutputShape.Prepend(input.Shape[0]);
        var result = new long[output.Size];
        Positions.ForEach(output, (position, index) =>
        {
            Int128 sum = 0;
            int filter = position[3];
            Positions.ForEach(new Shape(shape[0], shape[1]), (tap, _) =>
            {
                int row = (position[1] * steps.StrideHeight) + (tap[0] * steps.DilationHeight) - geometry.PadTop;
                int column = (position[2] * steps.StrideWidth) + (tap[1] * steps.DilationWidth) - geometry.PadLeft;
                if (row < 0 || row >= image[0] || column < 0 || column >= image[1])
                {
                    return;
                }

                for (int channel = perChannel ? filter : 0; channel < (perChannel ? filter + 1 : image.Channels); channel++)
                {
                    long x = input.Values.Values[Positions.IndexOf(input.Shape, [position[0], row, column, channel])];
                    long w = kernel.Values[Positions.IndexOf(shape, [tap[0], tap[1], channel, perChannel ? 0 : filter])];
                    sum += (Int128)x * w;
                }
            });
            result[index] = Rounding.Saturate(sum, input.ValueBits);
        });
        return new NdArray<long>(output, result);
    }

    private static NdArray<long> Scatter(FixedPoint input, FixedPoint kernel, ConvolutionSteps steps)
    {
        Shape image = Image(input.Shape);
        Shape shape = kernel.Shape;
        if (shape.Rank != 4 || shape[2] != image.Channels)
        {
            throw Wrong($"a kernel of shape {shape} does not fit an input of {image.Channels} channels");
        }

        int height = Grow(image[0], shape[0], steps.StrideHeight, steps.DilationHeight, steps.Padding);
        int width = Grow(image[1], shape[1], steps.StrideWidth, steps.DilationWidth, steps.Padding);
        ConvolutionGeometry forward = Geometry(new Shape(height, width, shape[3]), (shape[0], shape[1]), image.Channels, steps);
        Shape output = new(input.Shape[0], height, width, shape[3]);
        var sums = new Int128[output.Size];
        Positions.ForEach(input.Shape, (position, index) =>
            Positions.ForEach(new Shape(shape[0], shape[1], shape[3]), (tap, _) =>
            {
                int row = (position[1] * steps.StrideHeight) + (tap[0] * steps.DilationHeight) - forward.PadTop;
                int column = (position[2] * steps.StrideWidth) + (tap[1] * steps.DilationWidth) - forward.PadLeft;
                if (row >= 0 && row < height && column >= 0 && column < width)
                {
                    long w = kernel.Values.Values[Positions.IndexOf(shape, [tap[0], tap[1], position[3], tap[2]])];
                    sums[Positions.IndexOf(output, [position[0], row, column, tap[2]])] += (Int128)input.Values.Values[index] * w;
                }
            }));
        return new NdArray<long>(output, Array.ConvertAll(sums, sum => Rounding.Saturate(sum, input.ValueBits)));
    }

    private static int Grow(int size, int kernel, int stride, int dilation, Padding padding) =>
        (size * stride) + (padding == Padding.Same ? 0 : Math.Max(((kernel - 1) * dilation) + 1 - stride, 0));

    private static QuantException Wrong(string problem) =>
        new("ConvolutionShapes", QuantErrorKind.InvalidArgument, $"The convolution cannot be computed: {problem}.");
}

using AkidaQuant.Geometry;
using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <summary>Maxima over windows (numerics.md 4.3).</summary>
public static class Pooling
{
    /// <summary>
    /// The greatest element of each window, channel by channel; positions outside the image do not count, so a
    /// window of negative values stays negative. Fractional bits may belong to channels.
    /// </summary>
    /// <param name="input">Of shape (batch, height, width, channels).</param>
    /// <param name="pool">The size of a window.</param>
    /// <param name="steps">Strides and padding.</param>
    /// <exception cref="QuantException">ConvolutionShapes.</exception>
    public static FixedPoint MaxPool(FixedPoint input, (int Height, int Width) pool, ConvolutionSteps steps)
    {
        Shape image = Convolutions.Image(input.Shape);
        ConvolutionGeometry geometry = Convolutions.Geometry(image, pool, image.Channels, steps);
        Shape output = geometry.OutputShape.Prepend(input.Shape[0]);
        var result = new long[output.Size];
        Positions.ForEach(output, (position, index) =>
        {
            long max = long.MinValue;
            Positions.ForEach(new Shape(pool.Height, pool.Width), (tap, _) =>
            {
                int row = (position[1] * steps.StrideHeight) + (tap[0] * steps.DilationHeight) - geometry.PadTop;
                int column = (position[2] * steps.StrideWidth) + (tap[1] * steps.DilationWidth) - geometry.PadLeft;
                if (row >= 0 && row < image[0] && column >= 0 && column < image[1])
                {
                    max = Math.Max(max, input.Values.Values[Positions.IndexOf(input.Shape, [position[0], row, column, position[3]])]);
                }
            });
            result[index] = max;
        });
        return new FixedPoint(new NdArray<long>(output, result), input.ValueBits, input.FracBits);
    }

    /// <inheritdoc cref="MaxPool(FixedPoint, ValueTuple{int, int}, ConvolutionSteps)"/>
    public static QFloat MaxPool(QFloat input, (int Height, int Width) pool, ConvolutionSteps steps) =>
        new(MaxPool(input.Inner, pool, steps), input.Scales);
}

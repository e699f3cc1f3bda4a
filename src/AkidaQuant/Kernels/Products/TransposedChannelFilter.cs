using System.Numerics;
using System.Numerics.Tensors;
using AkidaQuant.Geometry;

namespace AkidaQuant.Kernels.Products;

/// <summary>
/// A transposed convolution of each channel with its own kernel (layers.md 4.5): every pixel is added, times each tap,
/// to where the tap falls.
/// </summary>
/// <remarks>
/// A lane is a channel: a pixel's channels lie side by side, as do a tap's weights and the channels of the cell where the
/// tap falls, and cell += pixel * tap is computed for all of them. The library does it in the widest vectors of the
/// processor, the last channels one by one. No bit depends on that: each lane is by itself, and product and sum of floats
/// are rounded each, in every width. Integers do not overflow, since the sum of all magnitudes of an output fits its type
/// (SumBounds).
/// </remarks>
/// <param name="forward">The convolution that is transposed: its output is the image here, its input the result.</param>
/// <param name="weights">(kernel height, kernel width, channels).</param>
internal sealed class TransposedChannelFilter<T>(ConvolutionGeometry forward, T[] weights)
    where T : unmanaged, INumber<T>
{
    /// <summary>Computes one sample.</summary>
    /// <param name="image">(rows, columns, channels).</param>
    /// <param name="sums">The result, overwritten.</param>
    public void Run(ReadOnlySpan<T> image, Span<T> sums)
    {
        sums.Clear();
        int channels = forward.InputChannels;
        for (int y = 0; y < forward.OutputHeight; y++)
        {
            for (int row = 0; row < forward.KernelHeight; row++)
            {
                int line = (y * forward.StrideHeight) - forward.PadTop + (row * forward.DilationHeight);
                if ((uint)line < (uint)forward.InputHeight)
                {
                    RunRow(
                        image.Slice(y * forward.OutputWidth * channels, forward.OutputWidth * channels),
                        weights.AsSpan(row * forward.KernelWidth * channels, forward.KernelWidth * channels),
                        sums.Slice(line * forward.InputWidth * channels, forward.InputWidth * channels));
                }
            }
        }
    }

    private void RunRow(ReadOnlySpan<T> pixels, ReadOnlySpan<T> taps, Span<T> line)
    {
        int channels = forward.InputChannels;
        for (int x = 0; x < forward.OutputWidth; x++)
        {
            ReadOnlySpan<T> pixel = pixels.Slice(x * channels, channels);
            for (int column = 0; column < forward.KernelWidth; column++)
            {
                int cell = (x * forward.StrideWidth) - forward.PadLeft + (column * forward.DilationWidth);
                if ((uint)cell < (uint)forward.InputWidth)
                {
                    Span<T> target = line.Slice(cell * channels, channels);
                    TensorPrimitives.MultiplyAdd(pixel, taps.Slice(column * channels, channels), target, target);
                }
            }
        }
    }
}

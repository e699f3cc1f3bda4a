using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
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
internal sealed class TransposedChannelFilter<T>(ConvolutionGeometry forward, T[] weights) : ISampleKernel<T, T>
    where T : unmanaged, INumber<T>
{
    private const int BlockBytes = 16 * 1024;

    /// <inheritdoc/>
    public int InputSize => forward.OutputSize;

    /// <inheritdoc/>
    /// <remarks>Lines of the result, each of which takes what falls on it from the rows of the image in their order.</remarks>
    public int Units => forward.InputHeight;

    /// <inheritdoc/>
    public int UnitSize => forward.InputWidth * forward.InputChannels;

    /// <inheritdoc/>
    public int Block => Math.Clamp(BlockBytes / (UnitSize * Unsafe.SizeOf<T>()), 1, Units);

    /// <inheritdoc/>
    public int BlockEnd(int first, int end) => Math.Min(first + Block, end);

    /// <inheritdoc/>
    public (int Start, int End) Needs(int first, int end) => TransposedKernel.Needs(forward, first, end);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<T> image, int first, int end, Span<T> sums)
    {
        int channels = forward.InputChannels;
        sums = sums[..((end - first) * UnitSize)];
        sums.Clear();
        (int top, int bottom) = TransposedKernel.Rows(forward, first, end);
        for (int y = top; y < bottom; y++)
        {
            for (int row = 0; row < forward.KernelHeight; row++)
            {
                int line = (y * forward.StrideHeight) - forward.PadTop + (row * forward.DilationHeight);
                if (line >= first && line < end)
                {
                    RunRow(
                        image.Slice(y * forward.OutputWidth * channels, forward.OutputWidth * channels),
                        weights.AsSpan(row * forward.KernelWidth * channels, forward.KernelWidth * channels),
                        sums.Slice((line - first) * UnitSize, UnitSize));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

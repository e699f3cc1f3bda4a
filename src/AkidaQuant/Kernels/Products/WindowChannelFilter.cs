using System.Runtime.CompilerServices;
using AkidaQuant.Geometry;

namespace AkidaQuant.Kernels.Products;

/// <summary>A channel filter that computes output pixels from their windows, neighbouring ones at once.</summary>
/// <remarks>
/// The taps of a window that lie inside of the image are always some neighbouring rows and columns of the kernel. The rows are the
/// same for a whole output line; the columns are all of them, but for the first and last pixels of the line, which are computed one
/// by one.
/// </remarks>
internal abstract class WindowChannelFilter<TImage, T> : ChannelFilter<TImage, T>
    where TImage : unmanaged
    where T : unmanaged
{
    private readonly int _innerStart;
    private readonly int _innerEnd;

    /// <summary>A filter of these sizes.</summary>
    protected WindowChannelFilter(in ConvolutionGeometry geometry)
        : base(geometry)
    {
        _innerStart = Math.Min((geometry.PadLeft + geometry.StrideWidth - 1) / geometry.StrideWidth, geometry.OutputWidth);
        int last = geometry.InputWidth - 1 - ((geometry.KernelWidth - 1) * geometry.DilationWidth) + geometry.PadLeft;
        _innerEnd = last < 0 ? _innerStart : Math.Clamp((last / geometry.StrideWidth) + 1, _innerStart, geometry.OutputWidth);
    }

    /// <summary>Computes neighbouring pixels of a line, whose windows meet the image in the same taps.</summary>
    /// <param name="source">What the first of these taps sees of the image for the first pixel.</param>
    /// <param name="taps">The taps.</param>
    /// <param name="count">The number of pixels.</param>
    /// <param name="sums">The sums of the first pixel.</param>
    protected abstract unsafe void RunPixels(TImage* source, in TapArea taps, int count, T* sums);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override unsafe void RunLine(TImage* image, int line, int start, int end, T* sums)
    {
        int y = (line * Geometry.StrideHeight) - Geometry.PadTop;
        (int top, int bottom) = Inside(y, Geometry.DilationHeight, Geometry.KernelHeight, Geometry.InputHeight);
        while (start < end)
        {
            int x = (start * Geometry.StrideWidth) - Geometry.PadLeft;
            int count = start >= _innerStart && start < _innerEnd ? Math.Min(_innerEnd, end) - start : 1;
            (int left, int right) = Inside(x, Geometry.DilationWidth, Geometry.KernelWidth, Geometry.InputWidth);
            TapArea taps = new(top, bottom - top, left, right - left);
            nint row = y + ((nint)top * Geometry.DilationHeight);
            nint column = x + ((nint)left * Geometry.DilationWidth);

            // Without a tap inside, there is no such place.
            TImage* source = taps.Count == 0 ? image : image + (((row * Geometry.InputWidth) + column) * Geometry.InputChannels);
            RunPixels(source, taps, count, sums);
            sums += (nint)count * Geometry.OutputChannels;
            start += count;
        }
    }

    /// <summary>The steps of an axis at which a window that starts at a cell is inside of the image.</summary>
    private static (int Start, int End) Inside(int cell, int dilation, int steps, int size)
    {
        int start = cell >= 0 ? 0 : Math.Min((dilation - 1 - cell) / dilation, steps);
        int end = cell >= size ? start : Math.Clamp((size - cell + dilation - 1) / dilation, start, steps);
        return (start, end);
    }
}

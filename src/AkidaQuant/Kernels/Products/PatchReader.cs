using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AkidaQuant.Geometry;

namespace AkidaQuant.Kernels.Products;

/// <summary>
/// Lays out what the kernel sees at each output position as a row of memory, in the order (kernel row, kernel
/// column, channel), so that a convolution becomes a matrix product.
/// </summary>
/// <remarks>
/// <para>
/// A patch is a row of the left-hand side of the product, and a column of the weights is a filter in the same order, so
/// that element k of a patch meets row k of the weights. For a kernel of 2 x 2 at row y, column x of an image of 3
/// channels:
/// </para>
/// <code>
///   patch   [ (y,x): 0 1 2 | (y,x+1): 0 1 2 | (y+1,x): 0 1 2 | (y+1,x+1): 0 1 2 ]
///             one run of the image's row y    one run of its row y+1
/// </code>
/// <para>
/// Where the taps of a row are neighbours and all channels are wanted, a row of the kernel is one copy, in vectors; at the
/// left and right border part of it comes from the padding. Dilated kernels and groups of
/// channels are copied tap by tap.
/// </para>
/// </remarks>
internal sealed class PatchReader<T>
    where T : unmanaged
{
    /// <summary>Up to so many bytes a few vectors are faster than a call that copies.</summary>
    private const int ShortRun = 512;

    private readonly ConvolutionGeometry _geometry;
    private readonly (int Top, int Left) _lastInside;
    private readonly int _firstChannel;
    private readonly int _channels;
    private readonly T[] _border;

    /// <summary>A reader of <paramref name="channels"/> channels, the first of them at <paramref name="firstChannel"/>.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="firstChannel">Not 0 for the later groups of a grouped convolution.</param>
    /// <param name="channels">The number of channels in a patch.</param>
    /// <param name="padding">What stands outside the image, one value a channel of the patch.</param>
    public PatchReader(in ConvolutionGeometry geometry, int firstChannel, int channels, ReadOnlySpan<T> padding)
    {
        _geometry = geometry;
        _firstChannel = firstChannel;
        _channels = channels;
        _lastInside = (
            geometry.InputHeight - 1 - ((geometry.KernelHeight - 1) * geometry.DilationHeight), geometry.InputWidth - geometry.KernelWidth);
        _border = new T[geometry.KernelWidth * channels];
        for (int column = 0; column < geometry.KernelWidth; column++)
        {
            padding[..channels].CopyTo(_border.AsSpan(column * channels));
        }

        IsDirect = geometry.KernelHeight == 1 && geometry.KernelWidth == 1 && geometry.StrideHeight == 1 && geometry.StrideWidth == 1
            && geometry.OutputHeight == geometry.InputHeight && geometry.OutputWidth == geometry.InputWidth
            && channels == geometry.InputChannels;
    }

    /// <summary>The number of elements of a patch.</summary>
    public int PatchSize => _geometry.KernelHeight * _geometry.KernelWidth * _channels;

    /// <summary>The number of patches of one image.</summary>
    public int PatchesPerImage => _geometry.OutputHeight * _geometry.OutputWidth;

    /// <summary>Whether the image already is its patches, one after the other.</summary>
    public bool IsDirect { get; }

    /// <summary>Lays out patches.</summary>
    /// <param name="images">Whole images, one after the other.</param>
    /// <param name="first">The first patch, counted through all images.</param>
    /// <param name="count">The number of patches.</param>
    /// <param name="patches">Where they go; patch i starts at <c>i * stride</c>.</param>
    /// <param name="stride">The distance of patches.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(ReadOnlySpan<T> images, int first, int count, Span<T> patches, int stride)
    {
        int imageSize = _geometry.InputHeight * _geometry.InputWidth * _geometry.InputChannels;
        (int image, int position) = Math.DivRem(first, PatchesPerImage);
        (int y, int x) = Math.DivRem(position, _geometry.OutputWidth);
        for (int i = 0; i < count;)
        {
            ReadOnlySpan<T> pixels = images.Slice(image * imageSize, imageSize);
            int inside = Math.Min(PatchesInside(y, x), count - i);
            if (inside > 0)
            {
                int top = (y * _geometry.StrideHeight) - _geometry.PadTop;
                int left = (x * _geometry.StrideWidth) - _geometry.PadLeft;
                ReadInside(pixels[(((top * _geometry.InputWidth) + left) * _channels)..], inside, patches[(i * stride)..], stride);
            }
            else
            {
                inside = 1;
                ReadAtBorder(pixels, y, x, patches.Slice(i * stride, PatchSize));
            }

            i += inside;
            x += inside;
            if (x == _geometry.OutputWidth)
            {
                x = 0;
                if (++y == _geometry.OutputHeight)
                {
                    y = 0;
                    image++;
                }
            }
        }
    }

    /// <summary>How many patches from a position of a line on lie inside the image and are made of whole runs.</summary>
    private int PatchesInside(int y, int x)
    {
        int top = (y * _geometry.StrideHeight) - _geometry.PadTop;
        int left = (x * _geometry.StrideWidth) - _geometry.PadLeft;
        bool isInside = _geometry.DilationWidth == 1 && _channels == _geometry.InputChannels
            && top >= 0 && top <= _lastInside.Top && left >= 0 && left <= _lastInside.Left;
        return isInside ? Math.Min(((_lastInside.Left - left) / _geometry.StrideWidth) + 1, _geometry.OutputWidth - x) : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadAtBorder(ReadOnlySpan<T> pixels, int y, int x, Span<T> patch)
    {
        int top = (y * _geometry.StrideHeight) - _geometry.PadTop;
        int left = (x * _geometry.StrideWidth) - _geometry.PadLeft;
        bool isRun = _geometry.DilationWidth == 1 && _channels == _geometry.InputChannels;
        for (int row = 0; row < _geometry.KernelHeight; row++)
        {
            Span<T> target = patch.Slice(row * _border.Length, _border.Length);
            int line = top + (row * _geometry.DilationHeight);
            if ((uint)line >= (uint)_geometry.InputHeight)
            {
                _border.CopyTo(target);
            }
            else if (isRun)
            {
                ReadRun(pixels.Slice(line * _geometry.InputWidth * _channels, _geometry.InputWidth * _channels), left, target);
            }
            else
            {
                ReadCells(pixels[(line * _geometry.InputWidth * _geometry.InputChannels)..], left, target);
            }
        }
    }

    /// <summary>Lays out neighbouring patches that lie inside the image.</summary>
    /// <param name="pixels">The image, from the first element of the first patch on.</param>
    /// <param name="count">The number of patches.</param>
    /// <param name="patches">Where they go.</param>
    /// <param name="stride">The distance of patches.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadInside(ReadOnlySpan<T> pixels, int count, Span<T> patches, int stride)
    {
        int run = _border.Length;
        int rows = _geometry.KernelHeight;
        int line = _geometry.InputWidth * _geometry.DilationHeight * _channels;
        int step = _geometry.StrideWidth * _channels;
        ReadOnlySpan<T> source = pixels[..(((count - 1) * step) + ((rows - 1) * line) + run)];
        Span<T> target = patches[..(((count - 1) * stride) + PatchSize)];
        int bytes = run * Unsafe.SizeOf<T>();
        if (bytes > ShortRun)
        {
            for (int i = 0; i < count; i++)
            {
                for (int row = 0; row < rows; row++)
                {
                    source.Slice((i * step) + (row * line), run).CopyTo(target[((i * stride) + (row * run))..]);
                }
            }

            return;
        }

        // The slices above are the bounds of what follows.
        ref byte from = ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(source));
        ref byte to = ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(target));
        for (int i = 0; i < count; i++)
        {
            ref byte pixel = ref Unsafe.Add(ref from, (nint)i * step * Unsafe.SizeOf<T>());
            ref byte patch = ref Unsafe.Add(ref to, (nint)i * stride * Unsafe.SizeOf<T>());
            for (int row = 0; row < rows; row++)
            {
                CopyShort(ref pixel, ref patch, bytes);
                pixel = ref Unsafe.Add(ref pixel, line * Unsafe.SizeOf<T>());
                patch = ref Unsafe.Add(ref patch, bytes);
            }
        }
    }

    /// <summary>Copies at least one byte, the last vector over some that are already there rather than beyond the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyShort(ref byte from, ref byte to, int bytes)
    {
        if (bytes >= Vector256<byte>.Count)
        {
            int last = bytes - Vector256<byte>.Count;
            for (int i = 0; i < last; i += Vector256<byte>.Count)
            {
                Vector256.LoadUnsafe(ref from, (nuint)i).StoreUnsafe(ref to, (nuint)i);
            }

            Vector256.LoadUnsafe(ref from, (nuint)last).StoreUnsafe(ref to, (nuint)last);
        }
        else if (bytes >= Vector128<byte>.Count)
        {
            nuint last = (nuint)(bytes - Vector128<byte>.Count);
            Vector128.LoadUnsafe(ref from).StoreUnsafe(ref to);
            Vector128.LoadUnsafe(ref from, last).StoreUnsafe(ref to, last);
        }
        else if (bytes >= sizeof(ulong))
        {
            CopyEnds<ulong>(ref from, ref to, bytes - sizeof(ulong));
        }
        else if (bytes >= sizeof(uint))
        {
            CopyEnds<uint>(ref from, ref to, bytes - sizeof(uint));
        }
        else
        {
            for (int i = 0; i < bytes; i++)
            {
                Unsafe.Add(ref to, i) = Unsafe.Add(ref from, i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyEnds<TPart>(ref byte from, ref byte to, int last)
        where TPart : unmanaged
    {
        Unsafe.WriteUnaligned(ref to, Unsafe.ReadUnaligned<TPart>(ref from));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, last), Unsafe.ReadUnaligned<TPart>(ref Unsafe.Add(ref from, last)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadRun(ReadOnlySpan<T> line, int left, Span<T> target)
    {
        int start = left * _channels;
        int before = Math.Min(Math.Max(-start, 0), target.Length);
        int end = Math.Clamp(line.Length - start, before, target.Length);
        if (before > 0)
        {
            _border.AsSpan(0, before).CopyTo(target);
        }

        if (end > before)
        {
            line.Slice(start + before, end - before).CopyTo(target[before..]);
        }

        if (end < target.Length)
        {
            _border.AsSpan(end).CopyTo(target[end..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadCells(ReadOnlySpan<T> line, int left, Span<T> target)
    {
        for (int column = 0; column < _geometry.KernelWidth; column++)
        {
            int cell = left + (column * _geometry.DilationWidth);
            ReadOnlySpan<T> source = (uint)cell < (uint)_geometry.InputWidth
                ? line.Slice((cell * _geometry.InputChannels) + _firstChannel, _channels)
                : _border.AsSpan(0, _channels);
            source.CopyTo(target[(column * _channels)..]);
        }
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Products;

/// <summary>
/// Filters each channel of an image with its own kernel; what lies outside the image counts as 0. A unit is an output pixel.
/// </summary>
internal abstract class ChannelFilter<TImage, T> : ISampleKernel<TImage, T>
    where TImage : unmanaged
    where T : unmanaged
{
    private const int BlockBytes = 16 * 1024;

    /// <summary>A filter of these sizes; input and output have the same channels.</summary>
    protected ChannelFilter(in ConvolutionGeometry geometry)
    {
        Geometry = geometry;
        int line = geometry.OutputWidth * geometry.OutputChannels * Unsafe.SizeOf<T>();
        int parts = (line + BlockBytes - 1) / BlockBytes;
        Block = line <= 2 * BlockBytes
            ? Math.Max(BlockBytes / line, 1) * geometry.OutputWidth
            : Math.Min((((geometry.OutputWidth + parts - 1) / parts) + 7) / 8 * 8, geometry.OutputWidth);
    }

    /// <inheritdoc/>
    public int InputSize => Geometry.InputSize;

    /// <inheritdoc/>
    public int Units => Geometry.OutputHeight * Geometry.OutputWidth;

    /// <inheritdoc/>
    public int UnitSize => Geometry.OutputChannels;

    /// <inheritdoc/>
    public int Block { get; }

    /// <summary>The sizes; input and output have the same channels.</summary>
    protected ConvolutionGeometry Geometry { get; }

    /// <inheritdoc/>
    public int BlockEnd(int first, int end)
    {
        int line = Geometry.OutputWidth - (first % Geometry.OutputWidth);
        return Math.Min(end, first + (Block < Geometry.OutputWidth ? Math.Min(Block, line) : Block));
    }

    /// <inheritdoc/>
    public (int Start, int End) Needs(int first, int end)
    {
        int top = (first / Geometry.OutputWidth * Geometry.StrideHeight) - Geometry.PadTop;
        int bottom = ((end - 1) / Geometry.OutputWidth * Geometry.StrideHeight) - Geometry.PadTop
            + ((Geometry.KernelHeight - 1) * Geometry.DilationHeight);
        int start = Math.Clamp(top, 0, Geometry.InputHeight);
        int row = Geometry.InputWidth * Geometry.InputChannels;
        return (start * row, Math.Clamp(bottom + 1, start, Geometry.InputHeight) * row);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void Run(ReadOnlySpan<TImage> image, int first, int end, Span<T> sums)
    {
        ConvolutionGeometry g = Geometry;
        image = image[..g.InputSize];
        sums = sums[..((end - first) * g.OutputChannels)];
        fixed (TImage* source = image)
        fixed (T* target = sums)
        {
            T* pixel = target;
            while (first < end)
            {
                (int line, int start) = Math.DivRem(first, g.OutputWidth);
                int last = Math.Min(g.OutputWidth, start + end - first);
                RunLine(source, line, start, last, pixel);
                pixel += (nint)(last - start) * g.OutputChannels;
                first += last - start;
            }
        }
    }

    /// <summary>Computes neighbouring pixels of an output line.</summary>
    /// <param name="image">The image.</param>
    /// <param name="line">The line.</param>
    /// <param name="start">The first pixel.</param>
    /// <param name="end">The pixel behind the last one.</param>
    /// <param name="sums">The sums of the first pixel.</param>
    protected abstract unsafe void RunLine(TImage* image, int line, int start, int end, T* sums);
}

/// <summary>Packs channel filters for the best instruction set, or for a given one.</summary>
internal static class ChannelFilter
{
    /// <summary>The most taps of a filter of pairs, which keeps a list of them on the stack.</summary>
    private const int MostPairedTaps = 1024;

    /// <summary>A filter with weights (kernel height, kernel width, channels) and an optional bias for each channel.</summary>
    /// <remarks>
    /// Images with fewer channels than a vector has lanes get narrower vectors: a lane is a channel, and a load must not
    /// reach beyond the last pixel.
    /// </remarks>
    public static ChannelFilter<T, T> Of<T>(
        in ConvolutionGeometry geometry, ReadOnlySpan<T> weights, ReadOnlySpan<T> bias, InstructionSet set)
        where T : unmanaged, INumber<T>
    {
        int channels = geometry.OutputChannels;
        if (set == InstructionSet.Vector512 && channels >= Vector512<T>.Count)
        {
            return new TiledChannelFilter<T, Vector512<T>, Lanes512<T>>(geometry, weights, bias);
        }

        if (set >= InstructionSet.Vector256 && channels >= Vector256<T>.Count)
        {
            return new TiledChannelFilter<T, Vector256<T>, Lanes256<T>>(geometry, weights, bias);
        }

        return set >= InstructionSet.Vector128 && channels >= Vector128<T>.Count
            ? new TiledChannelFilter<T, Vector128<T>, Lanes128<T>>(geometry, weights, bias)
            : new TiledChannelFilter<T, T, ScalarLanes<T>>(geometry, weights, bias);
    }

    /// <summary>
    /// A filter of 16-bit images that multiplies two taps at once, or null where the set has none, the channels are fewer than those
    /// of its narrowest vector, or the taps are too many.
    /// </summary>
    public static ChannelFilter<short, int>? OfPairs(in ConvolutionGeometry geometry, ReadOnlySpan<short> weights, InstructionSet set)
    {
        int channels = geometry.OutputChannels;
        if (geometry.KernelHeight * geometry.KernelWidth > MostPairedTaps)
        {
            return null;
        }

        if (set == InstructionSet.Vector512 && channels >= TapPairLanes512.Count)
        {
            return OfPairs<Vector512<int>, TapPairLanes512>(geometry, weights);
        }

        if (set == InstructionSet.Vector256Vnni && channels >= TapPairLanes256Vnni.Count)
        {
            return OfPairs<Vector256<int>, TapPairLanes256Vnni>(geometry, weights);
        }

        if (set >= InstructionSet.Vector256 && channels >= TapPairLanes256.Count)
        {
            return OfPairs<Vector256<int>, TapPairLanes256>(geometry, weights);
        }

        return set >= InstructionSet.Vector128 && channels >= TapPairLanes128.Count
            ? OfPairs<Vector128<int>, TapPairLanes128>(geometry, weights)
            : null;
    }

    private static ChannelFilter<short, int> OfPairs<TVector, TLanes>(in ConvolutionGeometry geometry, ReadOnlySpan<short> weights)
        where TVector : unmanaged
        where TLanes : struct, ITapPairLanes<TVector> => SweptChannelFilter<TVector, TLanes>.Fits(geometry)
        ? new SweptChannelFilter<TVector, TLanes>(geometry, weights)
        : new PairChannelFilter<TVector, TLanes>(geometry, weights);
}

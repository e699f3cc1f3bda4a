using System.Runtime.CompilerServices;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Products;

/// <summary>
/// Filters each channel of an image of 16-bit integers with kernels of three rows and columns that move by one or two pixels, two
/// rows at once: a vector of channels sweeps along a line, and every pixel of the image is read once for all the outputs that see it.
/// The last vector of channels may overlap the one before it: it computes the same sums again.
/// </summary>
/// <remarks>
/// <para>
/// A lane of 32 bits is a channel and holds what the first two rows see of it, or the third row and anything, whose weight is 0 (see
/// <see cref="ITapPairLanes{TVector}"/>). Sums of three outputs are under way; column j of the image gives, with w0 to w2 the columns
/// of the kernel:
/// </para>
/// <code>
///   output j - 2   += column * w2, and is stored
///   output j - 1   += column * w1
///   output j        = column * w0
/// </code>
/// <para>
/// Rows and columns outside of the image are zeros. No lane overflows: images and weights are of 16 bits, and come here only when the
/// sum of all magnitudes of an output fits 32 bits (SumBounds). Every partial sum is within that, in whatever order.
/// </para>
/// </remarks>
internal sealed class SweptChannelFilter<TVector, TLanes> : ChannelFilter<short, int>
    where TVector : unmanaged
    where TLanes : struct, ITapPairLanes<TVector>
{
    /// <summary>The weights of a vector of channels: low and high pairs of the first two rows and of the third, a column each.</summary>
    private const int BlockVectors = 12;

    private readonly AlignedArray<short> _weights;
    private readonly AlignedArray<short> _zeros;

    /// <summary>Packs the weights (3, 3, channels); there are at least as many channels as a vector loads.</summary>
    public unsafe SweptChannelFilter(in ConvolutionGeometry geometry, ReadOnlySpan<short> weights)
        : base(geometry)
    {
        int channels = geometry.OutputChannels;
        int width = TLanes.Count;
        int blocks = (channels + width - 1) / width;
        _zeros = new AlignedArray<short>(channels);
        _weights = new AlignedArray<short>(blocks * BlockVectors * width);
        fixed (short* source = weights, zeros = _zeros.Span, packed = _weights.Span)
        {
            TVector* target = (TVector*)packed;
            for (int block = 0; block < blocks; block++)
            {
                int channel = Math.Min(block * width, channels - width);
                for (int column = 0; column < 3; column++)
                {
                    TVector first = TLanes.Load(source + (column * channels) + channel);
                    TVector second = TLanes.Load(source + ((3 + column) * channels) + channel);
                    TVector third = TLanes.Load(source + ((6 + column) * channels) + channel);
                    TVector zero = TLanes.Load(zeros + channel);
                    *target++ = TLanes.Low(first, second);
                    *target++ = TLanes.High(first, second);
                    *target++ = TLanes.Low(third, zero);
                    *target++ = TLanes.High(third, zero);
                }
            }
        }
    }

    /// <summary>Whether these are sizes that a sweep is made for.</summary>
    public static bool Fits(in ConvolutionGeometry g) =>
        g is { KernelHeight: 3, KernelWidth: 3, DilationHeight: 1, DilationWidth: 1, StrideWidth: 1 or 2 };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override unsafe void RunLine(short* image, int line, int start, int end, int* sums)
    {
        ConvolutionGeometry g = Geometry;
        nint size = (nint)g.InputWidth * g.InputChannels;
        int y = (line * g.StrideHeight) - g.PadTop;
        fixed (short* packed = _weights.Span, zeros = _zeros.Span)
        {
            TVector* weights = (TVector*)packed;
            bool sees0 = (uint)y < (uint)g.InputHeight;
            bool sees1 = (uint)(y + 1) < (uint)g.InputHeight;
            bool sees2 = (uint)(y + 2) < (uint)g.InputHeight;
            Rows rows = new()
            {
                First = sees0 ? image + (y * size) : zeros,
                Second = sees1 ? image + ((y + 1) * size) : zeros,
                Third = sees2 ? image + ((y + 2) * size) : zeros,
                FirstStep = sees0 ? g.InputChannels : 0,
                SecondStep = sees1 ? g.InputChannels : 0,
                ThirdStep = sees2 ? g.InputChannels : 0,
            };
            for (int c = 0; c < g.OutputChannels; c += TLanes.Count)
            {
                int channel = Math.Min(c, g.OutputChannels - TLanes.Count);
                if (g.StrideWidth == 1)
                {
                    ByOne(rows, weights, channel, start, end, sums + channel);
                }
                else
                {
                    ByTwo(rows, weights, channel, start, end, sums + channel);
                }

                weights += BlockVectors;
            }
        }
    }

    /// <summary>Neighbouring outputs of a line whose windows move by one pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void ByOne(in Rows rows, TVector* weights, nint channel, int start, int end, int* output)
    {
        TVector l0 = weights[0];
        TVector h0 = weights[1];
        TVector m0 = weights[2];
        TVector n0 = weights[3];
        TVector l1 = weights[4];
        TVector h1 = weights[5];
        TVector m1 = weights[6];
        TVector n1 = weights[7];
        TVector l2 = weights[8];
        TVector h2 = weights[9];
        TVector m2 = weights[10];
        TVector n2 = weights[11];
        TVector low = default;
        TVector high = default;
        TVector nextLow = default;
        TVector nextHigh = default;
        nint channels = Geometry.OutputChannels;
        int width = Geometry.InputWidth;
        int column = start - Geometry.PadLeft;

        // What the first two columns would add to outputs in front of the first one is dropped.
        for (int ahead = -2; ahead < end - start; ahead++, column++)
        {
            TVector x0;
            TVector x1;
            TVector x2;
            if ((uint)column < (uint)width)
            {
                x0 = TLanes.Load(rows.First + (column * rows.FirstStep) + channel);
                x1 = TLanes.Load(rows.Second + (column * rows.SecondStep) + channel);
                x2 = TLanes.Load(rows.Third + (column * rows.ThirdStep) + channel);
            }
            else
            {
                x0 = x1 = x2 = default;
            }

            TVector l = TLanes.Low(x0, x1);
            TVector h = TLanes.High(x0, x1);
            TVector m = TLanes.Low(x2, x2);
            TVector n = TLanes.High(x2, x2);
            low = TLanes.MultiplyAdd(m, m2, TLanes.MultiplyAdd(l, l2, low));
            high = TLanes.MultiplyAdd(n, n2, TLanes.MultiplyAdd(h, h2, high));
            if (ahead >= 0)
            {
                TLanes.Store(low, high, output);
                output += channels;
            }

            low = TLanes.MultiplyAdd(m, m1, TLanes.MultiplyAdd(l, l1, nextLow));
            high = TLanes.MultiplyAdd(n, n1, TLanes.MultiplyAdd(h, h1, nextHigh));
            nextLow = TLanes.MultiplyAdd(m, m0, TLanes.Multiply(l, l0));
            nextHigh = TLanes.MultiplyAdd(n, n0, TLanes.Multiply(h, h0));
        }
    }

    /// <summary>Neighbouring outputs of a line whose windows move by two pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void ByTwo(in Rows rows, TVector* weights, nint channel, int start, int end, int* output)
    {
        TVector l0 = weights[0];
        TVector h0 = weights[1];
        TVector m0 = weights[2];
        TVector n0 = weights[3];
        TVector l1 = weights[4];
        TVector h1 = weights[5];
        TVector m1 = weights[6];
        TVector n1 = weights[7];
        TVector l2 = weights[8];
        TVector h2 = weights[9];
        TVector m2 = weights[10];
        TVector n2 = weights[11];
        TVector low = default;
        TVector high = default;
        nint channels = Geometry.OutputChannels;
        int width = Geometry.InputWidth;
        int column = (2 * start) - Geometry.PadLeft - 1;

        // Two columns a turn: the one in the middle of an output, and the last one, which is the first one of the next output.
        for (int ahead = -1; ahead < end - start; ahead++, column += 2)
        {
            TVector x0;
            TVector x1;
            TVector x2;
            if (ahead >= 0)
            {
                if ((uint)column < (uint)width)
                {
                    x0 = TLanes.Load(rows.First + (column * rows.FirstStep) + channel);
                    x1 = TLanes.Load(rows.Second + (column * rows.SecondStep) + channel);
                    x2 = TLanes.Load(rows.Third + (column * rows.ThirdStep) + channel);
                }
                else
                {
                    x0 = x1 = x2 = default;
                }

                low = TLanes.MultiplyAdd(TLanes.Low(x2, x2), m1, TLanes.MultiplyAdd(TLanes.Low(x0, x1), l1, low));
                high = TLanes.MultiplyAdd(TLanes.High(x2, x2), n1, TLanes.MultiplyAdd(TLanes.High(x0, x1), h1, high));
            }

            int last = column + 1;
            if ((uint)last < (uint)width)
            {
                x0 = TLanes.Load(rows.First + (last * rows.FirstStep) + channel);
                x1 = TLanes.Load(rows.Second + (last * rows.SecondStep) + channel);
                x2 = TLanes.Load(rows.Third + (last * rows.ThirdStep) + channel);
            }
            else
            {
                x0 = x1 = x2 = default;
            }

            TVector l = TLanes.Low(x0, x1);
            TVector h = TLanes.High(x0, x1);
            TVector m = TLanes.Low(x2, x2);
            TVector n = TLanes.High(x2, x2);
            if (ahead >= 0)
            {
                low = TLanes.MultiplyAdd(m, m2, TLanes.MultiplyAdd(l, l2, low));
                high = TLanes.MultiplyAdd(n, n2, TLanes.MultiplyAdd(h, h2, high));
                TLanes.Store(low, high, output);
                output += channels;
            }

            low = TLanes.MultiplyAdd(m, m0, TLanes.Multiply(l, l0));
            high = TLanes.MultiplyAdd(n, n0, TLanes.Multiply(h, h0));
        }
    }

    /// <summary>Where the rows that a line sees begin, and how far the next pixel is; zeros instead of rows outside of the image.</summary>
    private unsafe struct Rows
    {
        public short* First;
        public short* Second;
        public short* Third;
        public nint FirstStep;
        public nint SecondStep;
        public nint ThirdStep;
    }
}

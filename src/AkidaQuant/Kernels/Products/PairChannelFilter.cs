using System.Runtime.CompilerServices;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Products;

/// <summary>
/// Filters each channel of an image of 16-bit integers, two taps at once: neighbouring output pixels four at a time, so that
/// weights are read once for all four. The last vector of channels may overlap the one before it: it computes the same sums again.
/// </summary>
/// <remarks>
/// <para>
/// A lane of 32 bits is a channel and holds what two taps see of it, their weights likewise (see
/// <see cref="ITapPairLanes{TVector}"/>). Taps are paired in their order; the last of an odd number has a weight of 0 in the place
/// of the other, which then sees anything. A tap outside of the image sees zeros instead, and a pair of two such taps is left out.
/// </para>
/// <para>
/// No lane overflows: images and weights are of 16 bits, and come here only when the sum of all magnitudes of an output fits 32
/// bits (SumBounds). Every partial sum is within that, whichever taps are paired.
/// </para>
/// </remarks>
internal sealed class PairChannelFilter<TVector, TLanes> : WindowChannelFilter<short, int>
    where TVector : unmanaged
    where TLanes : struct, ITapPairLanes<TVector>
{
    private readonly AlignedArray<short> _weights;
    private readonly AlignedArray<short> _zeros;
    private readonly Tap[] _taps;
    private readonly int _pairs;

    /// <summary>Packs the weights (kernel height, kernel width, channels); there are at least as many channels as a vector loads.</summary>
    public unsafe PairChannelFilter(in ConvolutionGeometry geometry, ReadOnlySpan<short> weights)
        : base(geometry)
    {
        int channels = geometry.OutputChannels;
        int width = TLanes.Count;
        int taps = geometry.KernelHeight * geometry.KernelWidth;
        int blocks = (channels + width - 1) / width;
        _pairs = (taps + 1) / 2;
        _taps = new Tap[2 * _pairs];
        for (int i = 0; i < _taps.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, geometry.KernelWidth);
            int cell = (row * geometry.DilationHeight * geometry.InputWidth) + (column * geometry.DilationWidth);
            _taps[i] = new Tap(row, column, cell * geometry.InputChannels);
        }

        _zeros = new AlignedArray<short>(channels);
        _weights = new AlignedArray<short>(blocks * _pairs * 2 * width);
        fixed (short* source = weights, zeros = _zeros.Span, packed = _weights.Span)
        {
            TVector* target = (TVector*)packed;
            for (int block = 0; block < blocks; block++)
            {
                int channel = Math.Min(block * width, channels - width);
                for (int tap = 0; tap < taps; tap += 2)
                {
                    TVector first = TLanes.Load(source + (tap * channels) + channel);
                    TVector second = TLanes.Load(tap + 1 < taps ? source + ((tap + 1) * channels) + channel : zeros + channel);
                    *target++ = TLanes.Low(first, second);
                    *target++ = TLanes.High(first, second);
                }
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override unsafe void RunPixels(short* source, in TapArea taps, int count, int* sums)
    {
        Pair* pairs = stackalloc Pair[_pairs];
        fixed (short* weights = _weights.Span, zeros = _zeros.Span)
        {
            int length = taps.Count == 0 ? 0 : Collect(source, zeros, taps, pairs);
            for (nint pixel = 0; count > 0;)
            {
                int done = count >= 4 ? 4 : 1;
                if (done == 4)
                {
                    FourPixels(pairs, length, pixel, (TVector*)weights, sums);
                }
                else
                {
                    OnePixel(pairs, length, pixel, (TVector*)weights, sums);
                }

                pixel += done;
                count -= done;
                sums += (nint)done * Geometry.OutputChannels;
            }
        }
    }

    /// <summary>Lists the pairs that see the image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe int Collect(short* source, short* zeros, in TapArea taps, Pair* pairs)
    {
        nint step = (nint)Geometry.StrideWidth * Geometry.InputChannels;
        short* corner = source - _taps[(taps.Row * Geometry.KernelWidth) + taps.Column].Offset;
        int length = 0;
        for (int i = 0; i < _pairs; i++)
        {
            Tap first = _taps[2 * i];
            Tap second = _taps[(2 * i) + 1];
            bool seesFirst = first.IsWithin(taps);
            bool seesSecond = second.IsWithin(taps);
            if (seesFirst || seesSecond)
            {
                pairs[length++] = new Pair
                {
                    First = seesFirst ? corner + first.Offset : zeros,
                    Second = seesSecond ? corner + second.Offset : zeros,
                    FirstStep = seesFirst ? step : 0,
                    SecondStep = seesSecond ? step : 0,
                    Weights = 2 * i,
                };
            }
        }

        return length;
    }

    /// <summary>Four pixels: eight sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void FourPixels(Pair* pairs, int length, nint pixel, TVector* weights, int* output)
    {
        nint channels = Geometry.OutputChannels;
        for (nint start = 0; start < channels; start += TLanes.Count)
        {
            nint c = Math.Min(start, channels - TLanes.Count);
            TVector l0 = default;
            TVector h0 = default;
            TVector l1 = default;
            TVector h1 = default;
            TVector l2 = default;
            TVector h2 = default;
            TVector l3 = default;
            TVector h3 = default;
            for (Pair* pair = pairs; pair < pairs + length; pair++)
            {
                nint firstStep = pair->FirstStep;
                nint secondStep = pair->SecondStep;
                short* first = pair->First + (pixel * firstStep) + c;
                short* second = pair->Second + (pixel * secondStep) + c;
                TVector low = weights[pair->Weights];
                TVector high = weights[pair->Weights + 1];
                TVector x = TLanes.Load(first);
                TVector y = TLanes.Load(second);
                l0 = TLanes.MultiplyAdd(TLanes.Low(x, y), low, l0);
                h0 = TLanes.MultiplyAdd(TLanes.High(x, y), high, h0);
                x = TLanes.Load(first + firstStep);
                y = TLanes.Load(second + secondStep);
                l1 = TLanes.MultiplyAdd(TLanes.Low(x, y), low, l1);
                h1 = TLanes.MultiplyAdd(TLanes.High(x, y), high, h1);
                first += 2 * firstStep;
                second += 2 * secondStep;
                x = TLanes.Load(first);
                y = TLanes.Load(second);
                l2 = TLanes.MultiplyAdd(TLanes.Low(x, y), low, l2);
                h2 = TLanes.MultiplyAdd(TLanes.High(x, y), high, h2);
                x = TLanes.Load(first + firstStep);
                y = TLanes.Load(second + secondStep);
                l3 = TLanes.MultiplyAdd(TLanes.Low(x, y), low, l3);
                h3 = TLanes.MultiplyAdd(TLanes.High(x, y), high, h3);
            }

            TLanes.Store(l0, h0, output + c);
            TLanes.Store(l1, h1, output + c + channels);
            TLanes.Store(l2, h2, output + c + (2 * channels));
            TLanes.Store(l3, h3, output + c + (3 * channels));
            weights += 2 * _pairs;
        }
    }

    /// <summary>One pixel: two sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void OnePixel(Pair* pairs, int length, nint pixel, TVector* weights, int* output)
    {
        nint channels = Geometry.OutputChannels;
        for (nint start = 0; start < channels; start += TLanes.Count)
        {
            nint c = Math.Min(start, channels - TLanes.Count);
            TVector low = default;
            TVector high = default;
            for (Pair* pair = pairs; pair < pairs + length; pair++)
            {
                TVector x = TLanes.Load(pair->First + (pixel * pair->FirstStep) + c);
                TVector y = TLanes.Load(pair->Second + (pixel * pair->SecondStep) + c);
                low = TLanes.MultiplyAdd(TLanes.Low(x, y), weights[pair->Weights], low);
                high = TLanes.MultiplyAdd(TLanes.High(x, y), weights[pair->Weights + 1], high);
            }

            TLanes.Store(low, high, output + c);
            weights += 2 * _pairs;
        }
    }

    /// <summary>A cell of the kernel, or the one behind its last, and how far it is from the first one in an image.</summary>
    private readonly record struct Tap(int Row, int Column, int Offset)
    {
        public bool IsWithin(in TapArea taps) =>
            (uint)(Row - taps.Row) < (uint)taps.Rows && (uint)(Column - taps.Column) < (uint)taps.Columns;
    }

    /// <summary>Two taps: where the first pixel sees them, how far the next pixel's are, and where their weights are in a block.</summary>
    private unsafe struct Pair
    {
        public short* First;
        public short* Second;
        public nint FirstStep;
        public nint SecondStep;
        public nint Weights;
    }
}

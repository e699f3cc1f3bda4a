using System.Runtime.CompilerServices;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Products;

/// <summary>
/// Neighbouring output pixels whose windows meet the image in the same taps are computed four at a time, two vectors of
/// channels each, so that weights are read once for all four; where kernels have three columns that move by one or two, up to
/// eight at a time (<see cref="ChannelStrip{T, TVector, TLanes}"/>). The last vector of channels may overlap the one before it: it
/// computes the same sums again.
/// </summary>
/// <remarks>
/// <para>
/// A lane is a channel. The channels of a pixel lie side by side in memory, and so do the weights of a tap, so that a load
/// of either brings neighbouring channels into neighbouring lanes. One tap for four pixels whose windows are one step
/// apart, with vectors of 4 lanes and the first of two vectors shown:
/// </para>
/// <code>
///   w0               = [w(c)    w(c+1)    w(c+2)    w(c+3)   ]   weights of the tap
///   window           = [x0(c)   x0(c+1)   x0(c+2)   x0(c+3)  ]   what pixel 0 sees there:   s00 += x0 * w0
///   window + step    = [x1(c)   x1(c+1)   x1(c+2)   x1(c+3)  ]   what pixel 1 sees there:   s10 += x1 * w0
///   window + 2 step  = ...                                       pixel 2                    s20 += x2 * w0
///   window + 3 step  = ...                                       pixel 3                    s30 += x3 * w0
/// </code>
/// <para>
/// A lane of sPV is a finished sum, of pixel P and its channel in vector V, once all taps are done: no lanes are added to
/// one another. The eight sums do not wait for one another. 10 channels in vectors of 4 lanes, two vectors and a last one
/// that reaches back so that no load leaves the pixel:
/// </para>
/// <code>
///   channel   0 1 2 3 4 5 6 7 8 9
///             [-----] [-----]
///                         [-----]    6 and 7 are computed again, to the same bits
/// </code>
/// <para>
/// No lane overflows: integers come here only when the sum of all magnitudes of an output fits its type (SumBounds). Taps
/// outside of the image are left out, which is the same as adding 0 for each. Every sum follows the order of the taps,
/// whatever the number of pixels and the instruction set.
/// </para>
/// </remarks>
internal sealed class TiledChannelFilter<T, TVector, TLanes> : WindowChannelFilter<T, T>
    where T : unmanaged, System.Numerics.INumberBase<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private readonly AlignedArray<T> _weights;
    private readonly AlignedArray<T> _bias;
    private readonly bool _slides;

    /// <summary>Packs the weights (kernel height, kernel width, channels); there are at least as many channels as lanes.</summary>
    public TiledChannelFilter(in ConvolutionGeometry geometry, ReadOnlySpan<T> weights, ReadOnlySpan<T> bias)
        : base(geometry)
    {
        _weights = new AlignedArray<T>(weights.Length);
        weights.CopyTo(_weights.Span);
        _bias = new AlignedArray<T>(geometry.OutputChannels);
        bias.CopyTo(_bias.Span);
        _slides = geometry.StrideWidth <= 2 && geometry.DilationWidth == 1;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override unsafe void RunPixels(T* source, in TapArea taps, int count, T* sums)
    {
        ConvolutionGeometry g = Geometry;
        nint channels = g.OutputChannels;
        nint step = g.StrideWidth * channels;
        fixed (T* weights = _weights.Span, bias = _bias.Span)
        {
            ChannelWindow<T> window = new()
            {
                Source = source,
                Row = (nint)g.DilationHeight * g.InputWidth * channels,
                Column = g.DilationWidth * channels,
                Weights = weights + (((taps.Row * g.KernelWidth) + taps.Column) * channels),
                WeightRow = g.KernelWidth * channels,
                Bias = bias,
                Rows = taps.Rows,
                Columns = taps.Columns,
                Channels = g.OutputChannels,
            };
            bool slides = _slides && taps.Columns == 3;
            while (count > 0)
            {
                int done = 1;
                if (slides && step == channels && count >= 8)
                {
                    done = 8;
                    ChannelStrip<T, TVector, TLanes>.Eight(window, sums);
                }
                else if (count >= 4)
                {
                    done = 4;
                    if (slides && step == channels)
                    {
                        ChannelStrip<T, TVector, TLanes>.Four(window, sums);
                    }
                    else if (slides)
                    {
                        ChannelStrip<T, TVector, TLanes>.FourByTwo(window, sums);
                    }
                    else
                    {
                        FourPixels(window, step, sums);
                    }
                }
                else
                {
                    OnePixel(window, sums);
                }

                window = window with { Source = window.Source + (done * step) };
                sums += done * channels;
                count -= done;
            }
        }
    }

    /// <summary>One pixel, two vectors of channels at a time: a lane is a channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void OnePixel(in ChannelWindow<T> window, T* output)
    {
        int width = TLanes.Count;
        int channels = window.Channels;
        int c = 0;
        for (; c <= channels - (2 * width); c += 2 * width)
        {
            TVector s0 = TLanes.Broadcast(T.Zero);
            TVector s1 = s0;
            for (int row = 0; row < window.Rows; row++)
            {
                T* x = window.Source + (row * window.Row) + c;
                T* w = window.Weights + (row * window.WeightRow) + c;
                for (int column = 0; column < window.Columns; column++)
                {
                    s0 = TLanes.MultiplyAdd(TLanes.Load(x), TLanes.Load(w), s0);
                    s1 = TLanes.MultiplyAdd(TLanes.Load(x + width), TLanes.Load(w + width), s1);
                    x += window.Column;
                    w += channels;
                }
            }

            TLanes.Store(window.AddBias<TVector, TLanes>(s0, c), output + c);
            TLanes.Store(window.AddBias<TVector, TLanes>(s1, c + width), output + c + width);
        }

        for (; c < channels; c += width)
        {
            int first = Math.Min(c, channels - width);
            TVector sum = TLanes.Broadcast(T.Zero);
            for (int row = 0; row < window.Rows; row++)
            {
                T* x = window.Source + (row * window.Row) + first;
                T* w = window.Weights + (row * window.WeightRow) + first;
                for (int column = 0; column < window.Columns; column++)
                {
                    sum = TLanes.MultiplyAdd(TLanes.Load(x), TLanes.Load(w), sum);
                    x += window.Column;
                    w += channels;
                }
            }

            TLanes.Store(window.AddBias<TVector, TLanes>(sum, first), output + first);
        }
    }

    /// <summary>Four pixels, two vectors of channels at a time: eight sums. Windows are a step of so many elements apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void FourPixels(in ChannelWindow<T> window, nint step, T* output)
    {
        int width = TLanes.Count;
        int channels = window.Channels;
        int c = 0;
        for (; c <= channels - (2 * width); c += 2 * width)
        {
            TVector s00 = TLanes.Broadcast(T.Zero);
            TVector s01 = s00;
            TVector s10 = s00;
            TVector s11 = s01;
            TVector s20 = s00;
            TVector s21 = s01;
            TVector s30 = s00;
            TVector s31 = s01;
            for (int row = 0; row < window.Rows; row++)
            {
                T* x0 = window.Source + (row * window.Row) + c;
                T* x2 = x0 + (2 * step);
                T* w = window.Weights + (row * window.WeightRow) + c;
                for (int column = 0; column < window.Columns; column++)
                {
                    TVector w0 = TLanes.Load(w);
                    TVector w1 = TLanes.Load(w + width);
                    s00 = TLanes.MultiplyAdd(TLanes.Load(x0), w0, s00);
                    s01 = TLanes.MultiplyAdd(TLanes.Load(x0 + width), w1, s01);
                    s10 = TLanes.MultiplyAdd(TLanes.Load(x0 + step), w0, s10);
                    s11 = TLanes.MultiplyAdd(TLanes.Load(x0 + step + width), w1, s11);
                    s20 = TLanes.MultiplyAdd(TLanes.Load(x2), w0, s20);
                    s21 = TLanes.MultiplyAdd(TLanes.Load(x2 + width), w1, s21);
                    s30 = TLanes.MultiplyAdd(TLanes.Load(x2 + step), w0, s30);
                    s31 = TLanes.MultiplyAdd(TLanes.Load(x2 + step + width), w1, s31);
                    x0 += window.Column;
                    x2 += window.Column;
                    w += channels;
                }
            }

            T* y = output + c;
            TLanes.Store(window.AddBias<TVector, TLanes>(s00, c), y);
            TLanes.Store(window.AddBias<TVector, TLanes>(s01, c + width), y + width);
            y += channels;
            TLanes.Store(window.AddBias<TVector, TLanes>(s10, c), y);
            TLanes.Store(window.AddBias<TVector, TLanes>(s11, c + width), y + width);
            y += channels;
            TLanes.Store(window.AddBias<TVector, TLanes>(s20, c), y);
            TLanes.Store(window.AddBias<TVector, TLanes>(s21, c + width), y + width);
            y += channels;
            TLanes.Store(window.AddBias<TVector, TLanes>(s30, c), y);
            TLanes.Store(window.AddBias<TVector, TLanes>(s31, c + width), y + width);
        }

        for (; c < channels; c += width)
        {
            int first = Math.Min(c, channels - width);
            TVector s0 = TLanes.Broadcast(T.Zero);
            TVector s1 = s0;
            TVector s2 = s0;
            TVector s3 = s0;
            for (int row = 0; row < window.Rows; row++)
            {
                T* x = window.Source + (row * window.Row) + first;
                T* w = window.Weights + (row * window.WeightRow) + first;
                for (int column = 0; column < window.Columns; column++)
                {
                    TVector weights = TLanes.Load(w);
                    s0 = TLanes.MultiplyAdd(TLanes.Load(x), weights, s0);
                    s1 = TLanes.MultiplyAdd(TLanes.Load(x + step), weights, s1);
                    s2 = TLanes.MultiplyAdd(TLanes.Load(x + (2 * step)), weights, s2);
                    s3 = TLanes.MultiplyAdd(TLanes.Load(x + (3 * step)), weights, s3);
                    x += window.Column;
                    w += channels;
                }
            }

            T* y = output + first;
            TLanes.Store(window.AddBias<TVector, TLanes>(s0, first), y);
            TLanes.Store(window.AddBias<TVector, TLanes>(s1, first), y + channels);
            TLanes.Store(window.AddBias<TVector, TLanes>(s2, first), y + (2 * channels));
            TLanes.Store(window.AddBias<TVector, TLanes>(s3, first), y + (3 * channels));
        }
    }
}

using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Products;

/// <summary>
/// Neighbouring pixels of a kernel with three columns that moves by one or two pixels: what a row of the image holds is read once
/// for the up to three pixels that see it.
/// </summary>
/// <remarks>
/// A lane is a channel, as in <see cref="TiledChannelFilter{T, TVector, TLanes}"/>. A row of taps for four windows that move by one,
/// with x0 to x5 the channels of six neighbouring pixels of the image and w0 to w2 the weights of the row:
/// <code>
///   s0 += x0 * w0    s1 += x1 * w0    s2 += x2 * w0    s3 += x3 * w0
///   s0 += x1 * w1    s1 += x2 * w1    s2 += x3 * w1    s3 += x4 * w1
///   s0 += x2 * w2    s1 += x3 * w2    s2 += x4 * w2    s3 += x5 * w2
/// </code>
/// Every sum takes its taps in their order, columns of a row first. No lane overflows for the reason given there.
/// </remarks>
internal static class ChannelStrip<T, TVector, TLanes>
    where T : unmanaged, System.Numerics.INumberBase<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    /// <summary>Four pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Four(in ChannelWindow<T> window, T* output)
    {
        nint channels = window.Channels;
        for (int c = 0; c < window.Channels; c += TLanes.Count)
        {
            int first = Math.Min(c, window.Channels - TLanes.Count);
            TVector s0 = TLanes.Broadcast(T.Zero);
            TVector s1 = s0;
            TVector s2 = s0;
            TVector s3 = s0;
            T* source = window.Source + first;
            T* weights = window.Weights + first;
            for (int row = 0; row < window.Rows; row++)
            {
                T* x = source;
                TVector w0 = TLanes.Load(weights);
                TVector w1 = TLanes.Load(weights + channels);
                TVector w2 = TLanes.Load(weights + (2 * channels));
                s0 = TLanes.MultiplyAdd(TLanes.Load(x), w0, s0);
                x += channels;
                TVector v = TLanes.Load(x);
                s0 = TLanes.MultiplyAdd(v, w1, s0);
                s1 = TLanes.MultiplyAdd(v, w0, s1);
                x += channels;
                v = TLanes.Load(x);
                s0 = TLanes.MultiplyAdd(v, w2, s0);
                s1 = TLanes.MultiplyAdd(v, w1, s1);
                s2 = TLanes.MultiplyAdd(v, w0, s2);
                x += channels;
                v = TLanes.Load(x);
                s1 = TLanes.MultiplyAdd(v, w2, s1);
                s2 = TLanes.MultiplyAdd(v, w1, s2);
                s3 = TLanes.MultiplyAdd(v, w0, s3);
                x += channels;
                v = TLanes.Load(x);
                s2 = TLanes.MultiplyAdd(v, w2, s2);
                s3 = TLanes.MultiplyAdd(v, w1, s3);
                s3 = TLanes.MultiplyAdd(TLanes.Load(x + channels), w2, s3);
                source += window.Row;
                weights += window.WeightRow;
            }

            T* y = output + first;
            TLanes.Store(window.AddBias<TVector, TLanes>(s0, first), y);
            TLanes.Store(window.AddBias<TVector, TLanes>(s1, first), y + channels);
            TLanes.Store(window.AddBias<TVector, TLanes>(s2, first), y + (2 * channels));
            TLanes.Store(window.AddBias<TVector, TLanes>(s3, first), y + (3 * channels));
        }
    }

    /// <summary>Four pixels whose windows move by two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void FourByTwo(in ChannelWindow<T> window, T* output)
    {
        nint channels = window.Channels;
        for (int c = 0; c < window.Channels; c += TLanes.Count)
        {
            int first = Math.Min(c, window.Channels - TLanes.Count);
            TVector s0 = TLanes.Broadcast(T.Zero);
            TVector s1 = s0;
            TVector s2 = s0;
            TVector s3 = s0;
            T* source = window.Source + first;
            T* weights = window.Weights + first;
            for (int row = 0; row < window.Rows; row++)
            {
                T* x = source;
                TVector w0 = TLanes.Load(weights);
                TVector w1 = TLanes.Load(weights + channels);
                TVector w2 = TLanes.Load(weights + (2 * channels));
                s0 = TLanes.MultiplyAdd(TLanes.Load(x), w0, s0);
                s0 = TLanes.MultiplyAdd(TLanes.Load(x + channels), w1, s0);
                x += 2 * channels;
                TVector v = TLanes.Load(x);
                s0 = TLanes.MultiplyAdd(v, w2, s0);
                s1 = TLanes.MultiplyAdd(v, w0, s1);
                s1 = TLanes.MultiplyAdd(TLanes.Load(x + channels), w1, s1);
                x += 2 * channels;
                v = TLanes.Load(x);
                s1 = TLanes.MultiplyAdd(v, w2, s1);
                s2 = TLanes.MultiplyAdd(v, w0, s2);
                s2 = TLanes.MultiplyAdd(TLanes.Load(x + channels), w1, s2);
                x += 2 * channels;
                v = TLanes.Load(x);
                s2 = TLanes.MultiplyAdd(v, w2, s2);
                s3 = TLanes.MultiplyAdd(v, w0, s3);
                s3 = TLanes.MultiplyAdd(TLanes.Load(x + channels), w1, s3);
                x += 2 * channels;
                s3 = TLanes.MultiplyAdd(TLanes.Load(x), w2, s3);
                source += window.Row;
                weights += window.WeightRow;
            }

            T* y = output + first;
            TLanes.Store(window.AddBias<TVector, TLanes>(s0, first), y);
            TLanes.Store(window.AddBias<TVector, TLanes>(s1, first), y + channels);
            TLanes.Store(window.AddBias<TVector, TLanes>(s2, first), y + (2 * channels));
            TLanes.Store(window.AddBias<TVector, TLanes>(s3, first), y + (3 * channels));
        }
    }

    /// <summary>Eight pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Eight(in ChannelWindow<T> window, T* output)
    {
        nint channels = window.Channels;
        for (int c = 0; c < window.Channels; c += TLanes.Count)
        {
            int first = Math.Min(c, window.Channels - TLanes.Count);
            TVector s0 = TLanes.Broadcast(T.Zero);
            TVector s1 = s0;
            TVector s2 = s0;
            TVector s3 = s0;
            TVector s4 = s0;
            TVector s5 = s0;
            TVector s6 = s0;
            TVector s7 = s0;
            T* source = window.Source + first;
            T* weights = window.Weights + first;
            for (int row = 0; row < window.Rows; row++)
            {
                T* x = source;
                TVector w0 = TLanes.Load(weights);
                TVector w1 = TLanes.Load(weights + channels);
                TVector w2 = TLanes.Load(weights + (2 * channels));
                s0 = TLanes.MultiplyAdd(TLanes.Load(x), w0, s0);
                x += channels;
                TVector v = TLanes.Load(x);
                s0 = TLanes.MultiplyAdd(v, w1, s0);
                s1 = TLanes.MultiplyAdd(v, w0, s1);
                x += channels;
                v = TLanes.Load(x);
                s0 = TLanes.MultiplyAdd(v, w2, s0);
                s1 = TLanes.MultiplyAdd(v, w1, s1);
                s2 = TLanes.MultiplyAdd(v, w0, s2);
                x += channels;
                v = TLanes.Load(x);
                s1 = TLanes.MultiplyAdd(v, w2, s1);
                s2 = TLanes.MultiplyAdd(v, w1, s2);
                s3 = TLanes.MultiplyAdd(v, w0, s3);
                x += channels;
                v = TLanes.Load(x);
                s2 = TLanes.MultiplyAdd(v, w2, s2);
                s3 = TLanes.MultiplyAdd(v, w1, s3);
                s4 = TLanes.MultiplyAdd(v, w0, s4);
                x += channels;
                v = TLanes.Load(x);
                s3 = TLanes.MultiplyAdd(v, w2, s3);
                s4 = TLanes.MultiplyAdd(v, w1, s4);
                s5 = TLanes.MultiplyAdd(v, w0, s5);
                x += channels;
                v = TLanes.Load(x);
                s4 = TLanes.MultiplyAdd(v, w2, s4);
                s5 = TLanes.MultiplyAdd(v, w1, s5);
                s6 = TLanes.MultiplyAdd(v, w0, s6);
                x += channels;
                v = TLanes.Load(x);
                s5 = TLanes.MultiplyAdd(v, w2, s5);
                s6 = TLanes.MultiplyAdd(v, w1, s6);
                s7 = TLanes.MultiplyAdd(v, w0, s7);
                x += channels;
                v = TLanes.Load(x);
                s6 = TLanes.MultiplyAdd(v, w2, s6);
                s7 = TLanes.MultiplyAdd(v, w1, s7);
                s7 = TLanes.MultiplyAdd(TLanes.Load(x + channels), w2, s7);
                source += window.Row;
                weights += window.WeightRow;
            }

            T* y = output + first;
            TLanes.Store(window.AddBias<TVector, TLanes>(s0, first), y);
            TLanes.Store(window.AddBias<TVector, TLanes>(s1, first), y + channels);
            TLanes.Store(window.AddBias<TVector, TLanes>(s2, first), y + (2 * channels));
            TLanes.Store(window.AddBias<TVector, TLanes>(s3, first), y + (3 * channels));
            y += 4 * channels;
            TLanes.Store(window.AddBias<TVector, TLanes>(s4, first), y);
            TLanes.Store(window.AddBias<TVector, TLanes>(s5, first), y + channels);
            TLanes.Store(window.AddBias<TVector, TLanes>(s6, first), y + (2 * channels));
            TLanes.Store(window.AddBias<TVector, TLanes>(s7, first), y + (3 * channels));
        }
    }
}

using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Products;

/// <summary>
/// Output pixels whose windows lie inside the image are computed four at a time, two vectors of channels each, so
/// that weights are read once for all four; those at the border one at a time over the taps inside. The last
/// vector of channels may overlap the one before it: it computes the same sums again.
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
internal sealed class TiledChannelFilter<T, TVector, TLanes> : ChannelFilter<T>
    where T : unmanaged, System.Numerics.INumberBase<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private readonly AlignedArray<T> _weights;
    private readonly AlignedArray<T> _bias;
    private readonly Tap[] _taps;

    /// <summary>Packs the weights (kernel height, kernel width, channels); there are at least as many channels as lanes.</summary>
    public TiledChannelFilter(in ConvolutionGeometry geometry, ReadOnlySpan<T> weights, ReadOnlySpan<T> bias)
        : base(geometry)
    {
        _weights = new AlignedArray<T>(weights.Length);
        weights.CopyTo(_weights.Span);
        _bias = new AlignedArray<T>(geometry.OutputChannels);
        bias.CopyTo(_bias.Span);
        _taps = new Tap[geometry.KernelHeight * geometry.KernelWidth];
        for (int i = 0; i < _taps.Length; i++)
        {
            int y = i / geometry.KernelWidth * geometry.DilationHeight;
            int x = i % geometry.KernelWidth * geometry.DilationWidth;
            _taps[i] = new Tap(y, x, ((y * geometry.InputWidth) + x) * geometry.InputChannels, i * geometry.OutputChannels);
        }
    }

    /// <inheritdoc/>
    public override unsafe void Run(ReadOnlySpan<T> image, Span<T> output)
    {
        ConvolutionGeometry g = Geometry;
        image = image[..g.InputShape.Size];
        output = output[..g.OutputShape.Size];
        Span<Tap> inside = _taps.Length <= 64 ? stackalloc Tap[_taps.Length] : new Tap[_taps.Length];

        // A window that starts before these, and not before 0, lies inside of the image.
        int bottom = g.InputHeight - ((g.KernelHeight - 1) * g.DilationHeight);
        int right = g.InputWidth - ((g.KernelWidth - 1) * g.DilationWidth);
        fixed (Tap* all = _taps, some = inside)
        fixed (T* source = image, weights = _weights.Span, bias = _bias.Span, target = output)
        {
            T* pixel = target;
            for (int oy = 0; oy < g.OutputHeight; oy++)
            {
                int y = (oy * g.StrideHeight) - g.PadTop;
                int inner = y >= 0 && y < bottom ? right : 0;
                for (int ox = 0; ox < g.OutputWidth;)
                {
                    int x = (ox * g.StrideWidth) - g.PadLeft;
                    T* window = source + ((((nint)y * g.InputWidth) + x) * g.InputChannels);
                    int count = 1;
                    if (x < 0 || x >= inner)
                    {
                        OnePixel(window, weights, bias, some, Clip(y, x, inside), pixel, g.OutputChannels);
                    }
                    else if (ox + 4 <= g.OutputWidth && x + (3 * g.StrideWidth) < inner)
                    {
                        nint step = (nint)g.StrideWidth * g.InputChannels;
                        FourPixels(window, step, weights, bias, all, _taps.Length, pixel, g.OutputChannels);
                        count = 4;
                    }
                    else
                    {
                        OnePixel(window, weights, bias, all, _taps.Length, pixel, g.OutputChannels);
                    }

                    ox += count;
                    pixel += (nint)count * g.OutputChannels;
                }
            }
        }
    }

    /// <summary>Collects the taps of a window at the border that lie inside of the image, in their order.</summary>
    private int Clip(int top, int left, Span<Tap> inside)
    {
        int count = 0;
        foreach (Tap tap in _taps)
        {
            if ((uint)(top + tap.Y) < (uint)Geometry.InputHeight && (uint)(left + tap.X) < (uint)Geometry.InputWidth)
            {
                inside[count++] = tap;
            }
        }

        return count;
    }

    /// <summary>One pixel, two vectors of channels at a time: a lane is a channel, over the taps that are given.</summary>
    private static unsafe void OnePixel(T* window, T* weights, T* bias, Tap* taps, int count, T* output, int channels)
    {
        int width = TLanes.Count;
        int c = 0;
        for (; c <= channels - (2 * width); c += 2 * width)
        {
            TVector s0 = TLanes.Broadcast(T.Zero);
            TVector s1 = s0;
            for (int i = 0; i < count; i++)
            {
                T* x = window + taps[i].Input + c;
                T* w = weights + taps[i].Weight + c;
                s0 = TLanes.MultiplyAdd(TLanes.Load(x), TLanes.Load(w), s0);
                s1 = TLanes.MultiplyAdd(TLanes.Load(x + width), TLanes.Load(w + width), s1);
            }

            TLanes.Store(AddBias(s0, bias + c), output + c);
            TLanes.Store(AddBias(s1, bias + c + width), output + c + width);
        }

        for (; c < channels; c += width)
        {
            int first = Math.Min(c, channels - width);
            TVector sum = TLanes.Broadcast(T.Zero);
            for (int i = 0; i < count; i++)
            {
                sum = TLanes.MultiplyAdd(TLanes.Load(window + taps[i].Input + first), TLanes.Load(weights + taps[i].Weight + first), sum);
            }

            TLanes.Store(AddBias(sum, bias + first), output + first);
        }
    }

    /// <summary>Four pixels, two vectors of channels at a time: eight sums. Windows are a step of so many elements apart.</summary>
    private static unsafe void FourPixels(T* window, nint step, T* weights, T* bias, Tap* taps, int count, T* output, int channels)
    {
        int width = TLanes.Count;
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
            for (int i = 0; i < count; i++)
            {
                TVector w0 = TLanes.Load(weights + taps[i].Weight + c);
                TVector w1 = TLanes.Load(weights + taps[i].Weight + c + width);
                T* x = window + taps[i].Input + c;
                s00 = TLanes.MultiplyAdd(TLanes.Load(x), w0, s00);
                s01 = TLanes.MultiplyAdd(TLanes.Load(x + width), w1, s01);
                x += step;
                s10 = TLanes.MultiplyAdd(TLanes.Load(x), w0, s10);
                s11 = TLanes.MultiplyAdd(TLanes.Load(x + width), w1, s11);
                x += step;
                s20 = TLanes.MultiplyAdd(TLanes.Load(x), w0, s20);
                s21 = TLanes.MultiplyAdd(TLanes.Load(x + width), w1, s21);
                x += step;
                s30 = TLanes.MultiplyAdd(TLanes.Load(x), w0, s30);
                s31 = TLanes.MultiplyAdd(TLanes.Load(x + width), w1, s31);
            }

            T* y = output + c;
            TLanes.Store(AddBias(s00, bias + c), y);
            TLanes.Store(AddBias(s01, bias + c + width), y + width);
            y += channels;
            TLanes.Store(AddBias(s10, bias + c), y);
            TLanes.Store(AddBias(s11, bias + c + width), y + width);
            y += channels;
            TLanes.Store(AddBias(s20, bias + c), y);
            TLanes.Store(AddBias(s21, bias + c + width), y + width);
            y += channels;
            TLanes.Store(AddBias(s30, bias + c), y);
            TLanes.Store(AddBias(s31, bias + c + width), y + width);
        }

        for (; c < channels; c += width)
        {
            int first = Math.Min(c, channels - width);
            TVector s0 = TLanes.Broadcast(T.Zero);
            TVector s1 = s0;
            TVector s2 = s0;
            TVector s3 = s0;
            for (int i = 0; i < count; i++)
            {
                TVector w = TLanes.Load(weights + taps[i].Weight + first);
                T* x = window + taps[i].Input + first;
                s0 = TLanes.MultiplyAdd(TLanes.Load(x), w, s0);
                s1 = TLanes.MultiplyAdd(TLanes.Load(x + step), w, s1);
                s2 = TLanes.MultiplyAdd(TLanes.Load(x + (2 * step)), w, s2);
                s3 = TLanes.MultiplyAdd(TLanes.Load(x + (3 * step)), w, s3);
            }

            T* y = output + first;
            TLanes.Store(AddBias(s0, bias + first), y);
            TLanes.Store(AddBias(s1, bias + first), y + channels);
            TLanes.Store(AddBias(s2, bias + first), y + (2 * channels));
            TLanes.Store(AddBias(s3, bias + first), y + (3 * channels));
        }
    }

    /// <summary>Adds the bias to a finished sum: starting from it would cost digits where sums cancel.</summary>
    private static unsafe TVector AddBias(TVector sum, T* bias) => TLanes.MultiplyAdd(TLanes.Broadcast(T.One), TLanes.Load(bias), sum);

    /// <summary>A cell of the kernel: where it lies from the window's corner, and where its input and weights start.</summary>
    private readonly record struct Tap(int Y, int X, int Input, int Weight);
}

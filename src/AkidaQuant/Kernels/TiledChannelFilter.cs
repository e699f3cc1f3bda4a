namespace AkidaQuant.Kernels;

/// <summary>
/// Each output pixel is computed four vectors of channels at a time over all taps inside the image. The last
/// vector may overlap the one before it: it computes the same sums again.
/// </summary>
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
        int bottom = g.InputHeight - ((g.KernelHeight - 1) * g.DilationHeight);
        int right = g.InputWidth - ((g.KernelWidth - 1) * g.DilationWidth);
        fixed (Tap* all = _taps, some = inside)
        fixed (T* source = image, weights = _weights.Span, bias = _bias.Span, target = output)
        {
            T* pixel = target;
            for (int oy = 0; oy < g.OutputHeight; oy++)
            {
                int y = (oy * g.StrideHeight) - g.PadTop;
                for (int ox = 0; ox < g.OutputWidth; ox++, pixel += g.OutputChannels)
                {
                    int x = (ox * g.StrideWidth) - g.PadLeft;
                    T* window = source + (((nint)y * g.InputWidth) + x) * g.InputChannels;
                    if (y >= 0 && y < bottom && x >= 0 && x < right)
                    {
                        Pixel(window, weights, bias, all, _taps.Length, pixel, g.OutputChannels);
                    }
                    else
                    {
                        Pixel(window, weights, bias, some, Clip(y, x, inside), pixel, g.OutputChannels);
                    }
                }
            }
        }
    }

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

    private static unsafe void Pixel(T* window, T* weights, T* bias, Tap* taps, int count, T* output, int channels)
    {
        int width = TLanes.Count;
        TVector zero = TLanes.Broadcast(T.Zero);
        TVector one = TLanes.Broadcast(T.One);
        int c = 0;
        for (; c <= channels - (4 * width); c += 4 * width)
        {
            TVector s0 = zero;
            TVector s1 = zero;
            TVector s2 = zero;
            TVector s3 = zero;
            for (int i = 0; i < count; i++)
            {
                T* x = window + taps[i].Input + c;
                T* w = weights + taps[i].Weight + c;
                s0 = TLanes.MultiplyAdd(TLanes.Load(x), TLanes.Load(w), s0);
                s1 = TLanes.MultiplyAdd(TLanes.Load(x + width), TLanes.Load(w + width), s1);
                s2 = TLanes.MultiplyAdd(TLanes.Load(x + (2 * width)), TLanes.Load(w + (2 * width)), s2);
                s3 = TLanes.MultiplyAdd(TLanes.Load(x + (3 * width)), TLanes.Load(w + (3 * width)), s3);
            }

            TLanes.Store(TLanes.MultiplyAdd(one, TLanes.Load(bias + c), s0), output + c);
            TLanes.Store(TLanes.MultiplyAdd(one, TLanes.Load(bias + c + width), s1), output + c + width);
            TLanes.Store(TLanes.MultiplyAdd(one, TLanes.Load(bias + c + (2 * width)), s2), output + c + (2 * width));
            TLanes.Store(TLanes.MultiplyAdd(one, TLanes.Load(bias + c + (3 * width)), s3), output + c + (3 * width));
        }

        for (; c < channels; c += width)
        {
            int first = Math.Min(c, channels - width);
            TVector sum = zero;
            for (int i = 0; i < count; i++)
            {
                sum = TLanes.MultiplyAdd(TLanes.Load(window + taps[i].Input + first), TLanes.Load(weights + taps[i].Weight + first), sum);
            }

            TLanes.Store(TLanes.MultiplyAdd(one, TLanes.Load(bias + first), sum), output + first);
        }
    }

    /// <summary>A cell of the kernel: where it lies from the window's corner, and where its input and weights start.</summary>
    private readonly record struct Tap(int Y, int X, int Input, int Weight);
}

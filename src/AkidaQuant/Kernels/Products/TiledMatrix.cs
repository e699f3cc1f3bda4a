using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Products;

/// <summary>
/// A packed matrix cut into panels two vectors wide (the last one may be one vector wide), each with all its
/// depth in one run of memory. A tile of the product, up to six rows by two vectors, stays in registers while
/// the depth is walked once. Every element is summed in the order of the depth, whatever the tile.
/// </summary>
internal sealed class TiledMatrix<T, TVector, TLanes> : PackedMatrix<T>
    where T : unmanaged, System.Numerics.INumberBase<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int TileRows = 6;
    private readonly AlignedArray<T> _panels;
    private readonly AlignedArray<T> _bias;

    /// <summary>Packs a row-major matrix (depth, columns) and the bias of its columns, if any.</summary>
    public TiledMatrix(ReadOnlySpan<T> matrix, int depth, int columns, ReadOnlySpan<T> bias)
        : base(depth, columns)
    {
        int padded = (columns + TLanes.Count - 1) / TLanes.Count * TLanes.Count;
        _panels = new AlignedArray<T>(padded * depth);
        _bias = new AlignedArray<T>(padded);
        bias.CopyTo(_bias.Span);
        for (int first = 0; first < columns; first += PanelWidth)
        {
            int stored = Math.Min(PanelWidth, padded - first);
            int used = Math.Min(stored, columns - first);
            Span<T> panel = _panels.Span[(first * depth)..];
            for (int k = 0; k < depth; k++)
            {
                matrix.Slice((k * columns) + first, used).CopyTo(panel[(k * stored)..]);
            }
        }
    }

    private static int PanelWidth => 2 * TLanes.Count;

    /// <inheritdoc/>
    protected override unsafe void MultiplyChecked(ReadOnlySpan<T> rows, int rowStride, Span<T> output, int outputStride, int count)
    {
        T* spill = stackalloc T[TileRows * PanelWidth];
        fixed (T* a = rows, b = _panels.Span, bias = _bias.Span, c = output)
        {
            for (int first = 0; first < Columns; first += PanelWidth)
            {
                int remaining = Columns - first;
                bool isWide = remaining > TLanes.Count;
                int width = isWide ? PanelWidth : TLanes.Count;
                T* panel = b + ((nint)first * Depth);
                for (int row = 0; row < count;)
                {
                    int tile = count - row >= TileRows ? TileRows : count - row >= 2 ? 2 : 1;
                    T* left = a + ((nint)row * rowStride);
                    T* target = c + ((nint)row * outputStride) + first;
                    if (remaining >= width)
                    {
                        Tile(tile, isWide, left, rowStride, panel, Depth, bias + first, target, outputStride);
                    }
                    else
                    {
                        Tile(tile, isWide, left, rowStride, panel, Depth, bias + first, spill, width);
                        for (int i = 0; i < tile; i++)
                        {
                            new ReadOnlySpan<T>(spill + (i * width), remaining).CopyTo(new Span<T>(target + ((nint)i * outputStride), remaining));
                        }
                    }

                    row += tile;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Tile(int rows, bool isWide, T* a, nint aStride, T* b, nint depth, T* bias, T* c, nint cStride)
    {
        switch (rows, isWide)
        {
            case (TileRows, true):
                SixByTwo(a, aStride, b, depth, bias, c, cStride);
                break;
            case (2, true):
                TwoByTwo(a, aStride, b, depth, bias, c, cStride);
                break;
            case (1, true):
                OneByTwo(a, b, depth, bias, c);
                break;
            case (TileRows, false):
                SixByOne(a, aStride, b, depth, bias, c, cStride);
                break;
            case (2, false):
                TwoByOne(a, aStride, b, depth, bias, c, cStride);
                break;
            default:
                OneByOne(a, b, depth, bias, c);
                break;
        }
    }

    private static unsafe void SixByTwo(T* a, nint aStride, T* b, nint depth, T* bias, T* c, nint cStride)
    {
        T* a1 = a + aStride;
        T* a2 = a1 + aStride;
        T* a3 = a2 + aStride;
        T* a4 = a3 + aStride;
        T* a5 = a4 + aStride;
        TVector one = TLanes.Broadcast(T.One);
        TVector bias0 = TLanes.Load(bias);
        TVector c00 = TLanes.Broadcast(T.Zero);
        TVector bias1 = TLanes.Load(bias + TLanes.Count);
        TVector c01 = c00;
        TVector c10 = c00;
        TVector c11 = c01;
        TVector c20 = c00;
        TVector c21 = c01;
        TVector c30 = c00;
        TVector c31 = c01;
        TVector c40 = c00;
        TVector c41 = c01;
        TVector c50 = c00;
        TVector c51 = c01;
        for (nint k = 0; k < depth; k++)
        {
            TVector b0 = TLanes.Load(b);
            TVector b1 = TLanes.Load(b + TLanes.Count);
            b += PanelWidth;
            TVector x = TLanes.Broadcast(a[k]);
            c00 = TLanes.MultiplyAdd(x, b0, c00);
            c01 = TLanes.MultiplyAdd(x, b1, c01);
            x = TLanes.Broadcast(a1[k]);
            c10 = TLanes.MultiplyAdd(x, b0, c10);
            c11 = TLanes.MultiplyAdd(x, b1, c11);
            x = TLanes.Broadcast(a2[k]);
            c20 = TLanes.MultiplyAdd(x, b0, c20);
            c21 = TLanes.MultiplyAdd(x, b1, c21);
            x = TLanes.Broadcast(a3[k]);
            c30 = TLanes.MultiplyAdd(x, b0, c30);
            c31 = TLanes.MultiplyAdd(x, b1, c31);
            x = TLanes.Broadcast(a4[k]);
            c40 = TLanes.MultiplyAdd(x, b0, c40);
            c41 = TLanes.MultiplyAdd(x, b1, c41);
            x = TLanes.Broadcast(a5[k]);
            c50 = TLanes.MultiplyAdd(x, b0, c50);
            c51 = TLanes.MultiplyAdd(x, b1, c51);
        }

        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c00), c);
        TLanes.Store(TLanes.MultiplyAdd(one, bias1, c01), c + TLanes.Count);
        c += cStride;
        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c10), c);
        TLanes.Store(TLanes.MultiplyAdd(one, bias1, c11), c + TLanes.Count);
        c += cStride;
        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c20), c);
        TLanes.Store(TLanes.MultiplyAdd(one, bias1, c21), c + TLanes.Count);
        c += cStride;
        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c30), c);
        TLanes.Store(TLanes.MultiplyAdd(one, bias1, c31), c + TLanes.Count);
        c += cStride;
        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c40), c);
        TLanes.Store(TLanes.MultiplyAdd(one, bias1, c41), c + TLanes.Count);
        c += cStride;
        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c50), c);
        TLanes.Store(TLanes.MultiplyAdd(one, bias1, c51), c + TLanes.Count);
    }

    private static unsafe void SixByOne(T* a, nint aStride, T* b, nint depth, T* bias, T* c, nint cStride)
    {
        T* a1 = a + aStride;
        T* a2 = a1 + aStride;
        T* a3 = a2 + aStride;
        T* a4 = a3 + aStride;
        T* a5 = a4 + aStride;
        TVector one = TLanes.Broadcast(T.One);
        TVector bias0 = TLanes.Load(bias);
        TVector c00 = TLanes.Broadcast(T.Zero);
        TVector c10 = c00;
        TVector c20 = c00;
        TVector c30 = c00;
        TVector c40 = c00;
        TVector c50 = c00;
        for (nint k = 0; k < depth; k++)
        {
            TVector b0 = TLanes.Load(b);
            b += TLanes.Count;
            TVector x = TLanes.Broadcast(a[k]);
            c00 = TLanes.MultiplyAdd(x, b0, c00);
            x = TLanes.Broadcast(a1[k]);
            c10 = TLanes.MultiplyAdd(x, b0, c10);
            x = TLanes.Broadcast(a2[k]);
            c20 = TLanes.MultiplyAdd(x, b0, c20);
            x = TLanes.Broadcast(a3[k]);
            c30 = TLanes.MultiplyAdd(x, b0, c30);
            x = TLanes.Broadcast(a4[k]);
            c40 = TLanes.MultiplyAdd(x, b0, c40);
            x = TLanes.Broadcast(a5[k]);
            c50 = TLanes.MultiplyAdd(x, b0, c50);
        }

        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c00), c);
        c += cStride;
        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c10), c);
        c += cStride;
        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c20), c);
        c += cStride;
        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c30), c);
        c += cStride;
        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c40), c);
        c += cStride;
        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c50), c);
    }

    private static unsafe void TwoByTwo(T* a, nint aStride, T* b, nint depth, T* bias, T* c, nint cStride)
    {
        T* a1 = a + aStride;
        TVector one = TLanes.Broadcast(T.One);
        TVector bias0 = TLanes.Load(bias);
        TVector c00 = TLanes.Broadcast(T.Zero);
        TVector bias1 = TLanes.Load(bias + TLanes.Count);
        TVector c01 = c00;
        TVector c10 = c00;
        TVector c11 = c01;
        for (nint k = 0; k < depth; k++)
        {
            TVector b0 = TLanes.Load(b);
            TVector b1 = TLanes.Load(b + TLanes.Count);
            b += PanelWidth;
            TVector x = TLanes.Broadcast(a[k]);
            c00 = TLanes.MultiplyAdd(x, b0, c00);
            c01 = TLanes.MultiplyAdd(x, b1, c01);
            x = TLanes.Broadcast(a1[k]);
            c10 = TLanes.MultiplyAdd(x, b0, c10);
            c11 = TLanes.MultiplyAdd(x, b1, c11);
        }

        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c00), c);
        TLanes.Store(TLanes.MultiplyAdd(one, bias1, c01), c + TLanes.Count);
        c += cStride;
        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c10), c);
        TLanes.Store(TLanes.MultiplyAdd(one, bias1, c11), c + TLanes.Count);
    }

    private static unsafe void TwoByOne(T* a, nint aStride, T* b, nint depth, T* bias, T* c, nint cStride)
    {
        T* a1 = a + aStride;
        TVector one = TLanes.Broadcast(T.One);
        TVector bias0 = TLanes.Load(bias);
        TVector c00 = TLanes.Broadcast(T.Zero);
        TVector c10 = c00;
        for (nint k = 0; k < depth; k++)
        {
            TVector b0 = TLanes.Load(b);
            b += TLanes.Count;
            TVector x = TLanes.Broadcast(a[k]);
            c00 = TLanes.MultiplyAdd(x, b0, c00);
            x = TLanes.Broadcast(a1[k]);
            c10 = TLanes.MultiplyAdd(x, b0, c10);
        }

        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c00), c);
        c += cStride;
        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c10), c);
    }

    private static unsafe void OneByTwo(T* a, T* b, nint depth, T* bias, T* c)
    {
        TVector one = TLanes.Broadcast(T.One);
        TVector bias0 = TLanes.Load(bias);
        TVector c00 = TLanes.Broadcast(T.Zero);
        TVector bias1 = TLanes.Load(bias + TLanes.Count);
        TVector c01 = c00;
        for (nint k = 0; k < depth; k++)
        {
            TVector b0 = TLanes.Load(b);
            TVector b1 = TLanes.Load(b + TLanes.Count);
            b += PanelWidth;
            TVector x = TLanes.Broadcast(a[k]);
            c00 = TLanes.MultiplyAdd(x, b0, c00);
            c01 = TLanes.MultiplyAdd(x, b1, c01);
        }

        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c00), c);
        TLanes.Store(TLanes.MultiplyAdd(one, bias1, c01), c + TLanes.Count);
    }

    private static unsafe void OneByOne(T* a, T* b, nint depth, T* bias, T* c)
    {
        TVector one = TLanes.Broadcast(T.One);
        TVector bias0 = TLanes.Load(bias);
        TVector c00 = TLanes.Broadcast(T.Zero);
        for (nint k = 0; k < depth; k++)
        {
            TVector b0 = TLanes.Load(b);
            b += TLanes.Count;
            TVector x = TLanes.Broadcast(a[k]);
            c00 = TLanes.MultiplyAdd(x, b0, c00);
        }

        TLanes.Store(TLanes.MultiplyAdd(one, bias0, c00), c);
    }
}

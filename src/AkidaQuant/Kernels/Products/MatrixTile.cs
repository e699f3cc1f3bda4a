using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Products;

/// <summary>
/// The tiles of a <see cref="TiledMatrix{T, TTile}"/>, named by their rows and vectors: rows of activations times a
/// panel of weights, the sums in registers while the depth is walked once.
/// </summary>
/// <remarks>
/// <para>A step of a tile of two rows at depth k. An output column has a lane of its own, an output row a register:</para>
/// <code>
///                        b0 = [w(k,0) w(k,1) w(k,2) w(k,3)]    b1 = [w(k,4) ... w(k,7)]
///   x = [a(0,k) in all]  c00 += x * b0                         c01 += x * b1
///   x = [a(1,k) in all]  c10 += x * b0                         c11 += x * b1
/// </code>
/// <para>
/// The weights are loaded once for all rows of the tile, and an element of a row once for both vectors. There is no step
/// across lanes at the end: a lane is a finished sum and is stored where its column is.
/// </para>
/// <para>
/// Why six by two: the twelve sums do not wait for one another, which hides the four or so cycles that a fused product
/// takes on two units, and with b0, b1 and x they fill 15 of the 16 vector registers of AVX2. Higher and wider tiles, for which
/// AVX-512 has the registers, measured no faster. The methods are compiled optimized at once: the first samples would spend
/// most of their time in loops of unoptimized vector code.
/// </para>
/// <para>
/// No lane overflows: integers come here only when the sum of all magnitudes of an output fits its type (SumBounds), and a
/// sum of some of the products is never larger than that. The bias comes last: added to a finished sum it is rounded once,
/// where a sum that started from it would lose digits when it cancels.
/// </para>
/// </remarks>
internal readonly struct MatrixTile<T, TVector, TLanes> : IMatrixTile<T>
    where T : unmanaged, System.Numerics.INumberBase<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int Rows = 6;

    private static int PanelWidth => 2 * TLanes.Count;

    /// <inheritdoc/>
    public int VectorLength => TLanes.Count;

    /// <inheritdoc/>
    public int MostRows => Rows;

    /// <inheritdoc/>
    /// <remarks>Up to five rows left over go in twos and a one; each height has a method of its own, since sums stay in registers
    /// only where each has a name.</remarks>
    public int HeightFor(int rows) => rows >= Rows ? Rows : rows >= 2 ? 2 : 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Multiply(int rows, bool isWide, T* a, nint aStride, T* b, nint depth, T* bias, T* c, nint cStride)
    {
        switch (rows, isWide)
        {
            case (Rows, true):
                SixByTwo(a, aStride, b, depth, bias, c, cStride);
                break;
            case (2, true):
                TwoByTwo(a, aStride, b, depth, bias, c, cStride);
                break;
            case (1, true):
                OneByTwo(a, b, depth, bias, c);
                break;
            case (Rows, false):
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

    /// <summary>Six rows by two vectors: twelve sums, cRV for row R and vector V.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void SixByTwo(T* a, nint aStride, T* b, nint depth, T* bias, T* c, nint cStride)
    {
        T* a1 = a + aStride;
        T* a2 = a1 + aStride;
        T* a3 = a2 + aStride;
        T* a4 = a3 + aStride;
        T* a5 = a4 + aStride;
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
            TLanes.MultiplyAddTwo(x, b0, b1, ref c00, ref c01);
            x = TLanes.Broadcast(a1[k]);
            TLanes.MultiplyAddTwo(x, b0, b1, ref c10, ref c11);
            x = TLanes.Broadcast(a2[k]);
            TLanes.MultiplyAddTwo(x, b0, b1, ref c20, ref c21);
            x = TLanes.Broadcast(a3[k]);
            TLanes.MultiplyAddTwo(x, b0, b1, ref c30, ref c31);
            x = TLanes.Broadcast(a4[k]);
            TLanes.MultiplyAddTwo(x, b0, b1, ref c40, ref c41);
            x = TLanes.Broadcast(a5[k]);
            TLanes.MultiplyAddTwo(x, b0, b1, ref c50, ref c51);
        }

        TLanes.Store(TLanes.Add(c00, bias0), c);
        TLanes.Store(TLanes.Add(c01, bias1), c + TLanes.Count);
        c += cStride;
        TLanes.Store(TLanes.Add(c10, bias0), c);
        TLanes.Store(TLanes.Add(c11, bias1), c + TLanes.Count);
        c += cStride;
        TLanes.Store(TLanes.Add(c20, bias0), c);
        TLanes.Store(TLanes.Add(c21, bias1), c + TLanes.Count);
        c += cStride;
        TLanes.Store(TLanes.Add(c30, bias0), c);
        TLanes.Store(TLanes.Add(c31, bias1), c + TLanes.Count);
        c += cStride;
        TLanes.Store(TLanes.Add(c40, bias0), c);
        TLanes.Store(TLanes.Add(c41, bias1), c + TLanes.Count);
        c += cStride;
        TLanes.Store(TLanes.Add(c50, bias0), c);
        TLanes.Store(TLanes.Add(c51, bias1), c + TLanes.Count);
    }

    /// <summary>Six rows by one vector, for a last panel that is no wider: six sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void SixByOne(T* a, nint aStride, T* b, nint depth, T* bias, T* c, nint cStride)
    {
        T* a1 = a + aStride;
        T* a2 = a1 + aStride;
        T* a3 = a2 + aStride;
        T* a4 = a3 + aStride;
        T* a5 = a4 + aStride;
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

        TLanes.Store(TLanes.Add(c00, bias0), c);
        c += cStride;
        TLanes.Store(TLanes.Add(c10, bias0), c);
        c += cStride;
        TLanes.Store(TLanes.Add(c20, bias0), c);
        c += cStride;
        TLanes.Store(TLanes.Add(c30, bias0), c);
        c += cStride;
        TLanes.Store(TLanes.Add(c40, bias0), c);
        c += cStride;
        TLanes.Store(TLanes.Add(c50, bias0), c);
    }

    /// <summary>Two rows by two vectors: four sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void TwoByTwo(T* a, nint aStride, T* b, nint depth, T* bias, T* c, nint cStride)
    {
        T* a1 = a + aStride;
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
            TLanes.MultiplyAddTwo(x, b0, b1, ref c00, ref c01);
            x = TLanes.Broadcast(a1[k]);
            TLanes.MultiplyAddTwo(x, b0, b1, ref c10, ref c11);
        }

        TLanes.Store(TLanes.Add(c00, bias0), c);
        TLanes.Store(TLanes.Add(c01, bias1), c + TLanes.Count);
        c += cStride;
        TLanes.Store(TLanes.Add(c10, bias0), c);
        TLanes.Store(TLanes.Add(c11, bias1), c + TLanes.Count);
    }

    /// <summary>Two rows by one vector: two sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void TwoByOne(T* a, nint aStride, T* b, nint depth, T* bias, T* c, nint cStride)
    {
        T* a1 = a + aStride;
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

        TLanes.Store(TLanes.Add(c00, bias0), c);
        c += cStride;
        TLanes.Store(TLanes.Add(c10, bias0), c);
    }

    /// <summary>One row by two vectors, as for a single sample of a dense layer: two sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void OneByTwo(T* a, T* b, nint depth, T* bias, T* c)
    {
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
            TLanes.MultiplyAddTwo(x, b0, b1, ref c00, ref c01);
        }

        TLanes.Store(TLanes.Add(c00, bias0), c);
        TLanes.Store(TLanes.Add(c01, bias1), c + TLanes.Count);
    }

    /// <summary>One row by one vector; in the plain form one element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void OneByOne(T* a, T* b, nint depth, T* bias, T* c)
    {
        TVector bias0 = TLanes.Load(bias);
        TVector c00 = TLanes.Broadcast(T.Zero);
        for (nint k = 0; k < depth; k++)
        {
            TVector b0 = TLanes.Load(b);
            b += TLanes.Count;
            TVector x = TLanes.Broadcast(a[k]);
            c00 = TLanes.MultiplyAdd(x, b0, c00);
        }

        TLanes.Store(TLanes.Add(c00, bias0), c);
    }
}

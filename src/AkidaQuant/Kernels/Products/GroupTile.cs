using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Products;

/// <summary>
/// Tiles of a matrix of small bytes: products are summed in 16 bits, and after some steps those sums are added to ones of 32 bits.
/// </summary>
/// <remarks>
/// <para>
/// What <see cref="MatrixTile{T, TVector, TLanes}"/> says of rows, columns and registers holds here too. A step there multiplies and
/// adds four bytes a lane in three instructions, two of which widen; here a step takes two, and a group of steps two more:
/// </para>
/// <code>
///   s = [0            | 0            ]          two narrow sums a lane, set to 0 for each group of steps
///   s = [s + x2w2+x3w3 | s + x0w0+x1w1]         each step
///   c = [c + both narrow sums        ]          after each group
/// </code>
/// <para>
/// No narrow sum overflows, because whoever packs the matrix knows that so many steps keep theirs within 16 bits, whatever the rows
/// hold. Sums begin with the bias, and may wrap on the way (<see cref="IByteLanes{TVector}"/>).
/// </para>
/// <para>
/// Nothing waits here: a sum is ready for the next addition after one cycle, so that one row a tile is as fast for each row as six
/// while the panel is in the first-level cache, and rows left over need no tiles between.
/// </para>
/// </remarks>
/// <param name="steps">The steps of a group.</param>
internal readonly struct GroupTile<TVector, TLanes>(int steps) : IMatrixTile<int>
    where TVector : struct
    where TLanes : struct, IByteLanes<TVector>
{
    /// <summary>With fewer steps a group, widening at each step is as fast.</summary>
    public const int LeastSteps = 3;

    private const int Rows = 6;

    /// <inheritdoc/>
    public int VectorLength => TLanes.Count;

    /// <inheritdoc/>
    public int MostRows => Rows;

    /// <inheritdoc/>
    public int HeightFor(int rows) => rows >= Rows ? Rows : 1;

    /// <inheritdoc/>
    public unsafe void Multiply(int rows, bool isWide, int* a, nint aStride, int* b, nint depth, int* bias, int* c, nint cStride)
    {
        switch (rows, isWide)
        {
            case (Rows, true):
                SixByTwo(a, aStride, b, depth, bias, c, cStride);
                break;
            case (Rows, false):
                SixByOne(a, aStride, b, depth, bias, c, cStride);
                break;
            case (_, true):
                OneByTwo(a, b, depth, bias, c);
                break;
            default:
                OneByOne(a, b, depth, bias, c);
                break;
        }
    }

    /// <summary>Six rows by two vectors: twelve sums cRV for row R and vector V, and as many narrow ones sRV.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void SixByTwo(int* a, nint aStride, int* b, nint depth, int* bias, int* c, nint cStride)
    {
        int* a1 = a + aStride;
        int* a2 = a1 + aStride;
        int* a3 = a2 + aStride;
        int* a4 = a3 + aStride;
        int* a5 = a4 + aStride;
        TVector c00 = TLanes.Load(bias);
        TVector c01 = TLanes.Load(bias + TLanes.Count);
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
        for (nint k = 0; k < depth;)
        {
            nint end = Math.Min(k + steps, depth);
            TVector s00 = TLanes.Broadcast(0);
            TVector s01 = s00;
            TVector s10 = s00;
            TVector s11 = s00;
            TVector s20 = s00;
            TVector s21 = s00;
            TVector s30 = s00;
            TVector s31 = s00;
            TVector s40 = s00;
            TVector s41 = s00;
            TVector s50 = s00;
            TVector s51 = s00;
            for (; k < end; k++)
            {
                TVector b0 = TLanes.Load(b);
                TVector b1 = TLanes.Load(b + TLanes.Count);
                b += 2 * TLanes.Count;
                TVector x = TLanes.Broadcast(a[k]);
                TLanes.MultiplyAddTwoNarrow(x, b0, b1, ref s00, ref s01);
                x = TLanes.Broadcast(a1[k]);
                TLanes.MultiplyAddTwoNarrow(x, b0, b1, ref s10, ref s11);
                x = TLanes.Broadcast(a2[k]);
                TLanes.MultiplyAddTwoNarrow(x, b0, b1, ref s20, ref s21);
                x = TLanes.Broadcast(a3[k]);
                TLanes.MultiplyAddTwoNarrow(x, b0, b1, ref s30, ref s31);
                x = TLanes.Broadcast(a4[k]);
                TLanes.MultiplyAddTwoNarrow(x, b0, b1, ref s40, ref s41);
                x = TLanes.Broadcast(a5[k]);
                TLanes.MultiplyAddTwoNarrow(x, b0, b1, ref s50, ref s51);
            }

            c00 = TLanes.AddNarrow(s00, c00);
            c01 = TLanes.AddNarrow(s01, c01);
            c10 = TLanes.AddNarrow(s10, c10);
            c11 = TLanes.AddNarrow(s11, c11);
            c20 = TLanes.AddNarrow(s20, c20);
            c21 = TLanes.AddNarrow(s21, c21);
            c30 = TLanes.AddNarrow(s30, c30);
            c31 = TLanes.AddNarrow(s31, c31);
            c40 = TLanes.AddNarrow(s40, c40);
            c41 = TLanes.AddNarrow(s41, c41);
            c50 = TLanes.AddNarrow(s50, c50);
            c51 = TLanes.AddNarrow(s51, c51);
        }

        TLanes.Store(c00, c);
        TLanes.Store(c01, c + TLanes.Count);
        c += cStride;
        TLanes.Store(c10, c);
        TLanes.Store(c11, c + TLanes.Count);
        c += cStride;
        TLanes.Store(c20, c);
        TLanes.Store(c21, c + TLanes.Count);
        c += cStride;
        TLanes.Store(c30, c);
        TLanes.Store(c31, c + TLanes.Count);
        c += cStride;
        TLanes.Store(c40, c);
        TLanes.Store(c41, c + TLanes.Count);
        c += cStride;
        TLanes.Store(c50, c);
        TLanes.Store(c51, c + TLanes.Count);
    }

    /// <summary>Six rows by one vector, for a last panel that is no wider.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void SixByOne(int* a, nint aStride, int* b, nint depth, int* bias, int* c, nint cStride)
    {
        int* a1 = a + aStride;
        int* a2 = a1 + aStride;
        int* a3 = a2 + aStride;
        int* a4 = a3 + aStride;
        int* a5 = a4 + aStride;
        TVector c00 = TLanes.Load(bias);
        TVector c10 = c00;
        TVector c20 = c00;
        TVector c30 = c00;
        TVector c40 = c00;
        TVector c50 = c00;
        for (nint k = 0; k < depth;)
        {
            nint end = Math.Min(k + steps, depth);
            TVector s00 = TLanes.Broadcast(0);
            TVector s10 = s00;
            TVector s20 = s00;
            TVector s30 = s00;
            TVector s40 = s00;
            TVector s50 = s00;
            for (; k < end; k++)
            {
                TVector b0 = TLanes.Load(b);
                b += TLanes.Count;
                TVector x = TLanes.Broadcast(a[k]);
                s00 = TLanes.MultiplyAddNarrow(x, b0, s00);
                x = TLanes.Broadcast(a1[k]);
                s10 = TLanes.MultiplyAddNarrow(x, b0, s10);
                x = TLanes.Broadcast(a2[k]);
                s20 = TLanes.MultiplyAddNarrow(x, b0, s20);
                x = TLanes.Broadcast(a3[k]);
                s30 = TLanes.MultiplyAddNarrow(x, b0, s30);
                x = TLanes.Broadcast(a4[k]);
                s40 = TLanes.MultiplyAddNarrow(x, b0, s40);
                x = TLanes.Broadcast(a5[k]);
                s50 = TLanes.MultiplyAddNarrow(x, b0, s50);
            }

            c00 = TLanes.AddNarrow(s00, c00);
            c10 = TLanes.AddNarrow(s10, c10);
            c20 = TLanes.AddNarrow(s20, c20);
            c30 = TLanes.AddNarrow(s30, c30);
            c40 = TLanes.AddNarrow(s40, c40);
            c50 = TLanes.AddNarrow(s50, c50);
        }

        TLanes.Store(c00, c);
        c += cStride;
        TLanes.Store(c10, c);
        c += cStride;
        TLanes.Store(c20, c);
        c += cStride;
        TLanes.Store(c30, c);
        c += cStride;
        TLanes.Store(c40, c);
        c += cStride;
        TLanes.Store(c50, c);
    }

    /// <summary>One row by two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void OneByTwo(int* a, int* b, nint depth, int* bias, int* c)
    {
        TVector c00 = TLanes.Load(bias);
        TVector c01 = TLanes.Load(bias + TLanes.Count);
        for (nint k = 0; k < depth;)
        {
            nint end = Math.Min(k + steps, depth);
            TVector s00 = TLanes.Broadcast(0);
            TVector s01 = s00;
            for (; k < end; k++)
            {
                TVector b0 = TLanes.Load(b);
                TVector b1 = TLanes.Load(b + TLanes.Count);
                b += 2 * TLanes.Count;
                TVector x = TLanes.Broadcast(a[k]);
                TLanes.MultiplyAddTwoNarrow(x, b0, b1, ref s00, ref s01);
            }

            c00 = TLanes.AddNarrow(s00, c00);
            c01 = TLanes.AddNarrow(s01, c01);
        }

        TLanes.Store(c00, c);
        TLanes.Store(c01, c + TLanes.Count);
    }

    /// <summary>One row by one vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void OneByOne(int* a, int* b, nint depth, int* bias, int* c)
    {
        TVector c00 = TLanes.Load(bias);
        for (nint k = 0; k < depth;)
        {
            nint end = Math.Min(k + steps, depth);
            TVector s00 = TLanes.Broadcast(0);
            for (; k < end; k++)
            {
                TVector b0 = TLanes.Load(b);
                b += TLanes.Count;
                TVector x = TLanes.Broadcast(a[k]);
                s00 = TLanes.MultiplyAddNarrow(x, b0, s00);
            }

            c00 = TLanes.AddNarrow(s00, c00);
        }

        TLanes.Store(c00, c);
    }
}

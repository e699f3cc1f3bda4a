using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Products;

/// <summary>The right-hand side of a matrix product, packed once in the order in which the tiles read it.</summary>
/// <typeparam name="T">
/// The element; an int of a matrix made by <see cref="PackedMatrix.OfPairs"/> holds two 16-bit integers on the way in and a
/// 32-bit sum on the way out.
/// </typeparam>
internal abstract class PackedMatrix<T>(int depth, int columns)
    where T : unmanaged, System.Numerics.INumberBase<T>
{
    /// <summary>The length of a row of the left-hand side.</summary>
    public int Depth => depth;

    /// <summary>The length of a row of the product.</summary>
    public int Columns => columns;

    /// <summary>The number of columns that are packed together: a part of the columns begins where a panel does.</summary>
    public abstract int PanelWidth { get; }

    /// <summary>Multiplies <paramref name="count"/> rows with the matrix and adds the bias.</summary>
    /// <param name="rows">The left-hand side; row i starts at <c>i * rowStride</c>.</param>
    /// <param name="rowStride">The distance of rows, at least <see cref="Depth"/>.</param>
    /// <param name="output">The product; row i starts at <c>i * outputStride</c>.</param>
    /// <param name="outputStride">The distance of output rows, at least <see cref="Columns"/>.</param>
    /// <param name="count">The number of rows.</param>
    public void Multiply(ReadOnlySpan<T> rows, int rowStride, Span<T> output, int outputStride, int count) =>
        Multiply(rows, rowStride, output, outputStride, count, 0, columns);

    /// <summary>Multiplies <paramref name="count"/> rows with some columns of the matrix and adds their bias.</summary>
    /// <param name="rows">The left-hand side; row i starts at <c>i * rowStride</c>.</param>
    /// <param name="rowStride">The distance of rows, at least <see cref="Depth"/>.</param>
    /// <param name="output">The product of the columns; row i starts at <c>i * outputStride</c>.</param>
    /// <param name="outputStride">The distance of output rows, at least <paramref name="columnCount"/>.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="firstColumn">The first column, a multiple of <see cref="PanelWidth"/>.</param>
    /// <param name="columnCount">The number of columns, a multiple of <see cref="PanelWidth"/> or all that follow.</param>
    /// <param name="zeros">The tiles of rows that are zero, if known.</param>
    public void Multiply(
        ReadOnlySpan<T> rows,
        int rowStride,
        Span<T> output,
        int outputStride,
        int count,
        int firstColumn,
        int columnCount,
        ZeroTiles<T> zeros = default)
    {
        if (count > 0)
        {
            MultiplyChecked(
                rows[..(((count - 1) * rowStride) + depth)],
                rowStride,
                output[..(((count - 1) * outputStride) + columnCount)],
                outputStride,
                count,
                firstColumn,
                columnCount,
                zeros);
        }
    }

    /// <summary>
    /// <see cref="Multiply(ReadOnlySpan{T}, int, Span{T}, int, int, int, int, ZeroTiles{T})"/> once the lengths are known to suffice.
    /// </summary>
    protected abstract void MultiplyChecked(
        ReadOnlySpan<T> rows,
        int rowStride,
        Span<T> output,
        int outputStride,
        int count,
        int firstColumn,
        int columnCount,
        ZeroTiles<T> zeros);
}

/// <summary>Packs matrices for the best instruction set, or for a given one.</summary>
internal static class PackedMatrix
{
    /// <summary>A matrix of floats, doubles or longs, row-major (depth, columns), with an optional bias for each column.</summary>
    public static PackedMatrix<T> Of<T>(ReadOnlySpan<T> matrix, int depth, int columns, ReadOnlySpan<T> bias, InstructionSet set)
        where T : unmanaged, INumber<T> => Split(
            matrix, depth, columns, bias, set, Vector512<T>.Count, static (part, depth, columns, bias, set) => set switch
            {
                InstructionSet.Vector512 => new TiledMatrix<T, MatrixTile<T, Vector512<T>, Lanes512<T>>>(part, depth, columns, bias),
                InstructionSet.Vector256 or InstructionSet.Vector256Vnni =>
                    new TiledMatrix<T, MatrixTile<T, Vector256<T>, Lanes256<T>>>(part, depth, columns, bias),
                InstructionSet.Vector128 => new TiledMatrix<T, MatrixTile<T, Vector128<T>, Lanes128<T>>>(part, depth, columns, bias),
                _ => new TiledMatrix<T, MatrixTile<T, T, ScalarLanes<T>>>(part, depth, columns, bias),
            });

    /// <summary>
    /// A matrix of 16-bit integers, row-major (depth, columns), whose sums are 32 bits wide. Rows of the left-hand
    /// side are 16-bit integers as well, seen as ints; the last one of an odd depth is multiplied with 0.
    /// </summary>
    /// <remarks>
    /// Two rows of the matrix become one row of ints, so that an int of the left-hand side, two neighbours of a row, meets
    /// the two weights that belong to them. A matrix of depth 5 and 3 columns, its rows a to e:
    /// <code>
    ///   a0 a1 a2
    ///   b0 b1 b2            low half, high half
    ///   c0 c1 c2     ->     [a0|b0] [a1|b1] [a2|b2]     met by  [x0|x1]
    ///   d0 d1 d2            [c0|d0] [c1|d1] [c2|d2]             [x2|x3]
    ///   e0 e1 e2            [e0| 0] [e1| 0] [e2| 0]             [x4| ?]
    /// </code>
    /// What stands behind an odd row of the left-hand side does not matter: its weight is 0. The rows of ints are then cut
    /// into panels as any other matrix; what is summed in a lane stands at <see cref="ScalarPairLanes"/>.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static PackedMatrix<int> OfPairs(ReadOnlySpan<short> matrix, int depth, int columns, InstructionSet set)
    {
        int pairs = (depth + 1) / 2;
        var paired = new int[pairs * columns];
        for (int k = 0; k < depth; k += 2)
        {
            ReadOnlySpan<short> even = matrix.Slice(k * columns, columns);
            ReadOnlySpan<short> odd = k + 1 < depth ? matrix.Slice((k + 1) * columns, columns) : [];
            Span<int> row = paired.AsSpan(k / 2 * columns, columns);
            for (int column = 0; column < row.Length; column++)
            {
                // As ushort: the sign of a low half must not reach into the high one.
                row[column] = (ushort)even[column] | (odd.IsEmpty ? 0 : odd[column] << 16);
            }
        }

        return Split<int>(
            paired, pairs, columns, default, set, Vector512<int>.Count, static (part, depth, columns, bias, set) => set switch
            {
                InstructionSet.Vector512 => Tiled<Vector512<int>, PairLanes512>(part, depth, columns, bias),
                InstructionSet.Vector256Vnni => Tiled<Vector256<int>, PairLanes256Vnni>(part, depth, columns, bias),
                InstructionSet.Vector256 => Tiled<Vector256<int>, PairLanes256>(part, depth, columns, bias),
                InstructionSet.Vector128 => Tiled<Vector128<int>, PairLanes128>(part, depth, columns, bias),
                _ => Tiled<int, ScalarPairLanes>(part, depth, columns, bias),
            });
    }

    /// <summary>Whether a set multiplies bytes.</summary>
    public static bool HasBytes(InstructionSet set) =>
        set is InstructionSet.Vector256 or InstructionSet.Vector256Vnni or InstructionSet.Vector512;

    /// <summary>
    /// A matrix of signed bytes, row-major (depth, columns), whose sums are 32 bits wide. Rows of the left-hand side are unsigned
    /// bytes, seen as ints; the last ones of a depth that is no multiple of 4 are multiplied with 0.
    /// </summary>
    /// <remarks>
    /// As in <see cref="OfPairs"/>, with four rows of the matrix in a row of ints: an int of the left-hand side, four neighbours of
    /// a row, meets the four weights that belong to them. What is summed in a lane stands at <see cref="IByteLanes{TVector}"/>.
    /// </remarks>
    /// <param name="matrix">The weights.</param>
    /// <param name="depth">The length of a row of the left-hand side.</param>
    /// <param name="columns">The length of a row of the product.</param>
    /// <param name="bias">One value a column, added to its sum in 32 bits.</param>
    /// <param name="steps">
    /// So many ints of a row, from a multiple of this number on, keep their sums of products within 16 bits; at least 1.
    /// </param>
    /// <param name="set">A set that <see cref="HasBytes"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static PackedMatrix<int> OfBytes(
        ReadOnlySpan<sbyte> matrix, int depth, int columns, ReadOnlySpan<int> bias, int steps, InstructionSet set)
    {
        int quads = (depth + 3) / 4;
        int[] packed = new int[quads * columns];
        for (int k = 0; k < depth; k++)
        {
            ReadOnlySpan<sbyte> given = matrix.Slice(k * columns, columns);
            Span<int> row = packed.AsSpan(k / 4 * columns, columns);
            Vector<int> low = new(byte.MaxValue);
            int shift = k % 4 * 8;
            int column = 0;
            for (; column + Vector<sbyte>.Count <= row.Length; column += Vector<sbyte>.Count)
            {
                Vector.Widen(new Vector<sbyte>(given[column..]), out Vector<short> first, out Vector<short> second);
                Or(first, row[column..]);
                Or(second, row[(column + Vector<short>.Count)..]);
            }

            for (; column < row.Length; column++)
            {
                row[column] |= (byte)given[column] << shift;
            }

            void Or(Vector<short> weights, Span<int> target)
            {
                Vector.Widen(weights, out Vector<int> first, out Vector<int> second);
                (new Vector<int>(target) | Vector.ShiftLeft(first & low, shift)).CopyTo(target);
                target = target[Vector<int>.Count..];
                (new Vector<int>(target) | Vector.ShiftLeft(second & low, shift)).CopyTo(target);
            }
        }

        return Split<int>(packed, quads, columns, bias, set, Vector512<int>.Count, (part, depth, columns, bias, set) =>
            (set, steps >= GroupTile<Vector256<int>, ByteLanes256>.LeastSteps) switch
            {
                (InstructionSet.Vector256Vnni, _) => Tiled<Vector256<int>, ByteLanes256Vnni>(part, depth, columns, bias),
                (InstructionSet.Vector512, false) => Tiled<Vector512<int>, ByteLanes512>(part, depth, columns, bias),
                (InstructionSet.Vector256, false) => Tiled<Vector256<int>, ByteLanes256>(part, depth, columns, bias),
                (InstructionSet.Vector512, true) => new TiledMatrix<int, GroupTile<Vector512<int>, ByteLanes512>>(
                    part, depth, columns, bias, new GroupTile<Vector512<int>, ByteLanes512>(steps)),
                (InstructionSet.Vector256, true) => new TiledMatrix<int, GroupTile<Vector256<int>, ByteLanes256>>(
                    part, depth, columns, bias, new GroupTile<Vector256<int>, ByteLanes256>(steps)),
                _ => throw new ArgumentOutOfRangeException(nameof(set)),
            });
    }

    /// <summary>Packs a matrix, the last columns for half as wide vectors where they fill no more of one of 512 bits.</summary>
    private static PackedMatrix<T> Split<T>(
        ReadOnlySpan<T> matrix, int depth, int columns, ReadOnlySpan<T> bias, InstructionSet set, int lanes, Pack<T> pack)
        where T : unmanaged, INumber<T>
    {
        int last = columns % lanes;
        if (set != InstructionSet.Vector512 || last == 0 || last > lanes / 2)
        {
            return pack(matrix, depth, columns, bias, set);
        }

        int first = columns - last;
        PackedMatrix<T> tail = pack(
            Columns(matrix, columns, first, last), depth, last, bias.IsEmpty ? bias : bias[first..], InstructionSet.Vector256);
        return first == 0
            ? tail
            : new SplitMatrix<T>(
                pack(Columns(matrix, columns, 0, first), depth, first, bias.IsEmpty ? bias : bias[..first], set), tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T[] Columns<T>(ReadOnlySpan<T> matrix, int columns, int first, int count)
    {
        T[] part = new T[matrix.Length / columns * count];
        for (int k = 0; k * count < part.Length; k++)
        {
            matrix.Slice((k * columns) + first, count).CopyTo(part.AsSpan(k * count));
        }

        return part;
    }

    private static TiledMatrix<int, MatrixTile<int, TVector, TLanes>> Tiled<TVector, TLanes>(
        ReadOnlySpan<int> packed, int depth, int columns, ReadOnlySpan<int> bias)
        where TVector : struct
        where TLanes : struct, ILanes<int, TVector> => new(packed, depth, columns, bias);

    private delegate PackedMatrix<T> Pack<T>(ReadOnlySpan<T> part, int depth, int columns, ReadOnlySpan<T> bias, InstructionSet set)
        where T : unmanaged, INumber<T>;
}

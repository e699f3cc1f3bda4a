using System.Numerics;
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
    public void Multiply(
        ReadOnlySpan<T> rows, int rowStride, Span<T> output, int outputStride, int count, int firstColumn, int columnCount)
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
                columnCount);
        }
    }

    /// <summary><see cref="Multiply(ReadOnlySpan{T}, int, Span{T}, int, int, int, int)"/> once the lengths are known to suffice.</summary>
    protected abstract void MultiplyChecked(
        ReadOnlySpan<T> rows, int rowStride, Span<T> output, int outputStride, int count, int firstColumn, int columnCount);
}

/// <summary>Packs matrices for the best instruction set, or for a given one.</summary>
internal static class PackedMatrix
{
    /// <summary>A matrix of floats, doubles or longs, row-major (depth, columns), with an optional bias for each column.</summary>
    public static PackedMatrix<T> Of<T>(ReadOnlySpan<T> matrix, int depth, int columns, ReadOnlySpan<T> bias, InstructionSet set)
        where T : unmanaged, INumber<T> => set switch
        {
            InstructionSet.Vector512 => new TiledMatrix<T, Vector512<T>, Lanes512<T>>(matrix, depth, columns, bias),
            InstructionSet.Vector256 or InstructionSet.Vector256Vnni =>
                new TiledMatrix<T, Vector256<T>, Lanes256<T>>(matrix, depth, columns, bias),
            InstructionSet.Vector128 => new TiledMatrix<T, Vector128<T>, Lanes128<T>>(matrix, depth, columns, bias),
            _ => new TiledMatrix<T, T, ScalarLanes<T>>(matrix, depth, columns, bias),
        };

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
    public static PackedMatrix<int> OfPairs(ReadOnlySpan<short> matrix, int depth, int columns, InstructionSet set)
    {
        int pairs = (depth + 1) / 2;
        var paired = new int[pairs * columns];
        for (int k = 0; k < depth; k++)
        {
            for (int column = 0; column < columns; column++)
            {
                // As ushort: the sign of a low half must not reach into the high one.
                int shift = k % 2 * 16;
                paired[(k / 2 * columns) + column] |= (ushort)matrix[(k * columns) + column] << shift;
            }
        }

        return set switch
        {
            InstructionSet.Vector512 => new TiledMatrix<int, Vector512<int>, PairLanes512>(paired, pairs, columns, default),
            InstructionSet.Vector256Vnni => new TiledMatrix<int, Vector256<int>, PairLanes256Vnni>(paired, pairs, columns, default),
            InstructionSet.Vector256 => new TiledMatrix<int, Vector256<int>, PairLanes256>(paired, pairs, columns, default),
            InstructionSet.Vector128 => new TiledMatrix<int, Vector128<int>, PairLanes128>(paired, pairs, columns, default),
            _ => new TiledMatrix<int, int, ScalarPairLanes>(paired, pairs, columns, default),
        };
    }
}

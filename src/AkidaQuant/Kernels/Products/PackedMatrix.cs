using System.Numerics;
using System.Runtime.Intrinsics;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Products;

/// <summary>The right-hand side of a matrix product, packed once in the order in which the tiles read it.</summary>
/// <typeparam name="T">The element; an int of a matrix made by <see cref="PackedMatrix.OfPairs"/> holds two 16-bit integers on the way in and a 32-bit sum on the way out.</typeparam>
internal abstract class PackedMatrix<T>(int depth, int columns)
    where T : unmanaged, System.Numerics.INumberBase<T>
{
    /// <summary>The length of a row of the left-hand side.</summary>
    public int Depth => depth;

    /// <summary>The length of a row of the product.</summary>
    public int Columns => columns;

    /// <summary>Multiplies <paramref name="count"/> rows with the matrix and adds the bias.</summary>
    /// <param name="rows">The left-hand side; row i starts at <c>i * rowStride</c>.</param>
    /// <param name="rowStride">The distance of rows, at least <see cref="Depth"/>.</param>
    /// <param name="output">The product; row i starts at <c>i * outputStride</c>.</param>
    /// <param name="outputStride">The distance of output rows, at least <see cref="Columns"/>.</param>
    /// <param name="count">The number of rows.</param>
    public void Multiply(ReadOnlySpan<T> rows, int rowStride, Span<T> output, int outputStride, int count)
    {
        if (count > 0)
        {
            MultiplyChecked(
                rows[..(((count - 1) * rowStride) + depth)], rowStride, output[..(((count - 1) * outputStride) + columns)], outputStride, count);
        }
    }

    /// <summary><see cref="Multiply"/> once the lengths are known to suffice.</summary>
    protected abstract void MultiplyChecked(ReadOnlySpan<T> rows, int rowStride, Span<T> output, int outputStride, int count);
}

/// <summary>Packs matrices for the best instruction set, or for a given one.</summary>
internal static class PackedMatrix
{
    /// <summary>A matrix of floats, doubles or longs, row-major (depth, columns), with an optional bias for each column.</summary>
    public static PackedMatrix<T> Of<T>(ReadOnlySpan<T> matrix, int depth, int columns, ReadOnlySpan<T> bias, InstructionSet set)
        where T : unmanaged, INumber<T> => set switch
        {
            InstructionSet.Vector512 => new TiledMatrix<T, Vector512<T>, Lanes512<T>>(matrix, depth, columns, bias),
            InstructionSet.Vector256 or InstructionSet.Vector256Vnni => new TiledMatrix<T, Vector256<T>, Lanes256<T>>(matrix, depth, columns, bias),
            InstructionSet.Vector128 => new TiledMatrix<T, Vector128<T>, Lanes128<T>>(matrix, depth, columns, bias),
            _ => new TiledMatrix<T, T, ScalarLanes<T>>(matrix, depth, columns, bias),
        };

    /// <summary>
    /// A matrix of 16-bit integers, row-major (depth, columns), whose sums are 32 bits wide. Rows of the left-hand
    /// side are 16-bit integers as well, seen as ints; the last one of an odd depth is multiplied with 0.
    /// </summary>
    public static PackedMatrix<int> OfPairs(ReadOnlySpan<short> matrix, int depth, int columns, InstructionSet set)
    {
        int pairs = (depth + 1) / 2;
        var paired = new int[pairs * columns];
        for (int k = 0; k < depth; k++)
        {
            for (int column = 0; column < columns; column++)
            {
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

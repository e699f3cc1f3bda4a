using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Products;

/// <summary>
/// A packed matrix cut into panels two vectors wide (the last one may be one vector wide), each with all its
/// depth in one run of memory. A tile of the product, some rows by two vectors, stays in registers while
/// the depth is walked once. Every element is summed in the order of the depth, whatever the tile.
/// </summary>
/// <remarks>
/// <para>The layout, for vectors of 4 lanes and 14 columns; the digits are columns, and panel 1 ends with zeros:</para>
/// <code>
///   panel 0 (two vectors)                 panel 1 (two vectors, the second padded)
///   depth 0: [0 1 2 3] [4 5 6 7]          depth 0: [8 9 10 11] [12 13 - -]
///   depth 1: [0 1 2 3] [4 5 6 7]          depth 1: [8 9 10 11] [12 13 - -]
///   ...                                   ...
/// </code>
/// <para>What a tile computes lane by lane stands at <see cref="MatrixTile{T, TVector, TLanes}"/>.</para>
/// </remarks>
/// <typeparam name="T">The element.</typeparam>
/// <typeparam name="TTile">What multiplies a tile.</typeparam>
internal sealed class TiledMatrix<T, TTile> : PackedMatrix<T>
    where T : unmanaged, System.Numerics.INumberBase<T>
    where TTile : struct, IMatrixTile<T>
{
    private readonly TTile _tile;
    private readonly AlignedArray<T> _panels;
    private readonly AlignedArray<T> _bias;

    /// <summary>Packs a row-major matrix (depth, columns) and the bias of its columns, if any.</summary>
    public TiledMatrix(ReadOnlySpan<T> matrix, int depth, int columns, ReadOnlySpan<T> bias, TTile tile = default)
        : base(depth, columns)
    {
        _tile = tile;
        // Whole vectors, so that a load never reads beyond the array; the lanes without a column hold zeros.
        int lanes = tile.VectorLength;
        int padded = (columns + lanes - 1) / lanes * lanes;
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

    /// <inheritdoc/>
    public override int PanelWidth => 2 * _tile.VectorLength;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void MultiplyChecked(
        ReadOnlySpan<T> rows,
        int rowStride,
        Span<T> output,
        int outputStride,
        int count,
        int firstColumn,
        int columnCount,
        ZeroTiles<T> zeros)
    {
        for (int start = 0; start < count;)
        {
            bool isZero = zeros.Has(start);
            int run = zeros.Any ? zeros.Run(start, count) : count;
            MultiplyRows(
                rows[(start * rowStride)..],
                rowStride,
                output[(start * outputStride)..],
                outputStride,
                run,
                firstColumn,
                columnCount,
                isZero ? 0 : Depth,
                isZero ? zeros.Sums : _bias.Span);
            start += run;
        }
    }

    /// <summary>Multiplies so much of the depth of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void MultiplyRows(
        ReadOnlySpan<T> rows,
        int rowStride,
        Span<T> output,
        int outputStride,
        int count,
        int firstColumn,
        int columnCount,
        int depth,
        ReadOnlySpan<T> sums)
    {
        TTile tile = _tile;
        int lanes = tile.VectorLength;
        int panelWidth = 2 * lanes;
        T* spill = stackalloc T[tile.MostRows * panelWidth];
        fixed (T* a = rows, b = _panels.Span, bias = sums, c = output)
        {
            for (int first = firstColumn; first < firstColumn + columnCount; first += panelWidth)
            {
                int remaining = Columns - first;
                bool isWide = remaining > lanes;
                int width = isWide ? panelWidth : lanes;
                T* panel = b + ((nint)first * Depth);
                for (int row = 0; row < count;)
                {
                    int height = tile.HeightFor(count - row);
                    T* source = a + ((nint)row * rowStride);
                    T* target = c + ((nint)row * outputStride) + first - firstColumn;

                    // A tile whose last lanes have no column is stored aside first: in the output the next row, or another
                    // thread's, begins there.
                    if (remaining >= width)
                    {
                        tile.Multiply(height, isWide, source, rowStride, panel, depth, bias + first, target, outputStride);
                    }
                    else
                    {
                        tile.Multiply(height, isWide, source, rowStride, panel, depth, bias + first, spill, width);
                        for (int i = 0; i < height; i++)
                        {
                            var columns = new Span<T>(target + ((nint)i * outputStride), remaining);
                            new ReadOnlySpan<T>(spill + (i * width), remaining).CopyTo(columns);
                        }
                    }

                    row += height;
                }
            }
        }
    }
}

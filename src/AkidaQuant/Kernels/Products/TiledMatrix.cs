using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Products;

/// <summary>
/// A packed matrix cut into panels two vectors wide (the last one may be one vector wide), each with all its
/// depth in one run of memory. A tile of the product, up to six rows by two vectors, stays in registers while
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
internal sealed class TiledMatrix<T, TVector, TLanes> : PackedMatrix<T>
    where T : unmanaged, System.Numerics.INumberBase<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int TileRows = MatrixTile<T, TVector, TLanes>.Rows;
    private readonly AlignedArray<T> _panels;
    private readonly AlignedArray<T> _bias;

    /// <summary>Packs a row-major matrix (depth, columns) and the bias of its columns, if any.</summary>
    public TiledMatrix(ReadOnlySpan<T> matrix, int depth, int columns, ReadOnlySpan<T> bias)
        : base(depth, columns)
    {
        // Whole vectors, so that a load never reads beyond the array; the lanes without a column hold zeros.
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

    /// <inheritdoc/>
    public override int PanelWidth => 2 * TLanes.Count;

    /// <inheritdoc/>
    protected override unsafe void MultiplyChecked(
        ReadOnlySpan<T> rows, int rowStride, Span<T> output, int outputStride, int count, int firstColumn, int columnCount)
    {
        T* spill = stackalloc T[TileRows * PanelWidth];
        fixed (T* a = rows, b = _panels.Span, bias = _bias.Span, c = output)
        {
            for (int first = firstColumn; first < firstColumn + columnCount; first += PanelWidth)
            {
                int remaining = Columns - first;
                bool isWide = remaining > TLanes.Count;
                int width = isWide ? PanelWidth : TLanes.Count;
                T* panel = b + ((nint)first * Depth);
                for (int row = 0; row < count;)
                {
                    // Six rows at a time, up to five left over in twos and a one; each height has a method of its own, since
                    // sums stay in registers only where each has a name.
                    int left = count - row;
                    int tile = left >= TileRows ? TileRows : left >= 2 ? 2 : 1;
                    T* source = a + ((nint)row * rowStride);
                    T* target = c + ((nint)row * outputStride) + first - firstColumn;

                    // A tile whose last lanes have no column is stored aside first: in the output the next row, or another
                    // thread's, begins there.
                    if (remaining >= width)
                    {
                        MatrixTile<T, TVector, TLanes>.Multiply(
                            tile, isWide, source, rowStride, panel, Depth, bias + first, target, outputStride);
                    }
                    else
                    {
                        MatrixTile<T, TVector, TLanes>.Multiply(
                            tile, isWide, source, rowStride, panel, Depth, bias + first, spill, width);
                        for (int i = 0; i < tile; i++)
                        {
                            var columns = new Span<T>(target + ((nint)i * outputStride), remaining);
                            new ReadOnlySpan<T>(spill + (i * width), remaining).CopyTo(columns);
                        }
                    }

                    row += tile;
                }
            }
        }
    }
}

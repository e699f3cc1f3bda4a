using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AkidaQuant.Kernels.Products;

/// <summary>The tiles of a block of rows that hold nothing but zeros, and the sums of such rows.</summary>
/// <remarks>
/// <see cref="TiledMatrix{T, TTile}"/> does not multiply them: a tile of depth 0 whose bias are the sums of zeros is the same product.
/// Zeros in a row are not skipped, since a step of a tile takes two or four elements of six rows, which are seldom all zero: of
/// scattered zeros among nine in ten elements one step in twelve is.
/// </remarks>
/// <param name="tiles">Bit i is set when rows 6 i to 6 i + 5, as many as there are, are zero.</param>
/// <param name="sums">One value a column, and as many more as a vector has lanes.</param>
internal readonly ref struct ZeroTiles<T>(ulong tiles, ReadOnlySpan<T> sums)
    where T : unmanaged
{
    /// <summary>The most rows of a block.</summary>
    public const int MostRows = 64 * TileRows;

    /// <summary>The fewest bytes of a row.</summary>
    public const int LeastBytes = sizeof(ulong);

    private const int TileRows = 6;

    /// <summary>One value a column, the sums of a row of zeros.</summary>
    public ReadOnlySpan<T> Sums { get; } = sums;

    /// <summary>Whether any tile is zero.</summary>
    public bool Any => tiles != 0;

    /// <summary>Whether the tile that begins at a row, or one that is what remains behind all whole ones, is zero.</summary>
    public bool Has(int row) => ((tiles >> (row / TileRows)) & 1) != 0;

    /// <summary>The number of rows from one on, where a tile begins, whose tiles are all zero or all not.</summary>
    public int Run(int row, int count)
    {
        int end = row + TileRows;
        while (end < count && Has(end) == Has(row))
        {
            end += TileRows;
        }

        return Math.Min(end, count) - row;
    }

    /// <summary>The same tiles, for the columns from one on.</summary>
    public ZeroTiles<T> From(int column) => Any ? new(tiles, Sums[column..]) : default;

    /// <summary>Looks for tiles of zeros.</summary>
    /// <remarks>
    /// Eight bytes tell nearly all tiles that are not zero, so that looking costs next to nothing where there are none.
    /// </remarks>
    /// <param name="block">The rows, at most <see cref="MostRows"/>; row i begins at <c>i * stride</c>.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="stride">The distance of rows in bytes.</param>
    /// <param name="length">The bytes of a row, at least <see cref="LeastBytes"/>.</param>
    /// <param name="zero">The byte that zeros are made of.</param>
    /// <param name="sums">One value a column, and as many more as a vector has lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ZeroTiles<T> Find(ReadOnlySpan<byte> block, int rows, int stride, int length, byte zero, ReadOnlySpan<T> sums)
    {
        ulong zeros = zero * 0x0101010101010101UL;
        ulong tiles = 0;
        for (int row = 0; row < rows; row += TileRows)
        {
            if (MemoryMarshal.Read<ulong>(block[(row * stride)..]) == zeros
                && IsZero(block[(row * stride)..], Math.Min(TileRows, rows - row), stride, length, zero))
            {
                tiles |= 1UL << (row / TileRows);
            }
        }

        return new ZeroTiles<T>(tiles, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool IsZero(ReadOnlySpan<byte> tile, int rows, int stride, int length, byte zero)
    {
        for (int row = 0; row < rows; row++)
        {
            if (tile.Slice(row * stride, length).ContainsAnyExcept(zero))
            {
                return false;
            }
        }

        return true;
    }
}

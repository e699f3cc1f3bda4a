using AkidaQuant.Geometry;

namespace AkidaQuant.Repair;

/// <summary>
/// Along one axis of an image that was moved and pooled, the rows of the original that each row is the maximum of: two ways to pool are
/// the same where these are.
/// </summary>
internal sealed class PoolCells : IEquatable<PoolCells>
{
    /// <summary>A row that is 0: it came from outside of the image.</summary>
    private static readonly (int First, int Last) Outside = (0, -1);

    private readonly (int First, int Last)[] _cells;

    private PoolCells((int First, int Last)[] cells) => _cells = cells;

    /// <summary>An image as it is.</summary>
    public static PoolCells Image(int size) => new([.. Enumerable.Range(0, size).Select(row => (row, row))]);

    /// <summary>The rows of a pool over its input.</summary>
    public static PoolCells Rows(in ConvolutionGeometry pool) =>
        Axis(pool.InputHeight, pool.KernelHeight, pool.StrideHeight, pool.PadTop, pool.OutputHeight);

    /// <summary>The columns of a pool over its input.</summary>
    public static PoolCells Columns(in ConvolutionGeometry pool) =>
        Axis(pool.InputWidth, pool.KernelWidth, pool.StrideWidth, pool.PadLeft, pool.OutputWidth);

    /// <summary>The first of the rows.</summary>
    public PoolCells First(int count) => new(_cells[..Math.Min(count, _cells.Length)]);

    /// <summary>The image behind a kernel that is 1 in one cell; null where the kernel does not fit into it.</summary>
    public PoolCells? Moved(int kernel, int cell, Padding padding)
    {
        int before = padding == Padding.Same ? (kernel - 1) / 2 : 0;
        int count = padding == Padding.Same ? _cells.Length : _cells.Length - kernel + 1;
        return count < 1 ? null
            : new PoolCells([.. Enumerable.Range(0, count).Select(row => row + cell - before)
                .Select(row => row >= 0 && row < _cells.Length ? _cells[row] : Outside)]);
    }

    /// <summary>The image behind a maximum pool; null where that is not the maximum of rows that follow each other.</summary>
    /// <param name="size">Rows of the pool.</param>
    /// <param name="stride">Steps between pools.</param>
    /// <param name="padding">Same or Valid.</param>
    /// <param name="isNeverNegative">Whether a row of zeros never wins.</param>
    public PoolCells? Pooled(int size, int stride, Padding padding, bool isNeverNegative)
    {
        if (padding == Padding.Valid && size > _cells.Length)
        {
            return null;
        }

        ConvolutionGeometry pool = ConvolutionGeometry.Create(
            new Shape(_cells.Length, size, 1), (size, size), (stride, stride), (1, 1), padding, 1);
        (int First, int Last)[] pooled = new (int, int)[pool.OutputHeight];
        for (int i = 0; i < pooled.Length; i++)
        {
            (int first, int last) = Outside;
            int start = (i * stride) - pool.PadTop;
            for (int row = Math.Max(start, 0); row < Math.Min(start + size, _cells.Length); row++)
            {
                (int First, int Last) cell = _cells[row];
                if (cell == Outside)
                {
                    if (!isNeverNegative)
                    {
                        return null;
                    }
                }
                else if (last < first)
                {
                    (first, last) = cell;
                }
                else if (cell.First > last + 1 || cell.Last < first - 1)
                {
                    return null;
                }
                else
                {
                    (first, last) = (Math.Min(first, cell.First), Math.Max(last, cell.Last));
                }
            }

            pooled[i] = (first, last);
        }

        return new PoolCells(pooled);
    }

    /// <inheritdoc/>
    public bool Equals(PoolCells? other) => other is not null && _cells.AsSpan().SequenceEqual(other._cells);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PoolCells);

    /// <inheritdoc/>
    public override int GetHashCode() => _cells.Length;

    private static PoolCells Axis(int size, int kernel, int stride, int before, int outputs) =>
        new([.. Enumerable.Range(0, outputs).Select(i => (i * stride) - before)
            .Select(start => (Math.Max(start, 0), Math.Min(start + kernel, size) - 1))]);
}

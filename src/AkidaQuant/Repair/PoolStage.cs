using AkidaQuant.Geometry;
using AkidaQuant.Layers;

namespace AkidaQuant.Repair;

/// <summary>
/// A convolution whose kernel is 1 in one cell and 0 elsewhere, and a square maximum pool behind it with the same padding: what a processor
/// has for a pool that stands alone. The cell moves the image, and kernels without padding cut rows and columns off.
/// </summary>
/// <param name="Kernel">Rows and columns of the kernel.</param>
/// <param name="Cell">The row and the column of the 1.</param>
/// <param name="Padding">Same or Valid, of the kernel and of the pool.</param>
/// <param name="Size">Rows and columns of the pool.</param>
/// <param name="Stride">Steps between pools.</param>
internal readonly record struct PoolStage(int Kernel, (int Row, int Column) Cell, Padding Padding, int Size, int Stride)
{
    /// <summary>Akida 2.0 has pools of 2x2 with strides of 1 and 2, behind all convolutions but the first (akida-model.md 2.3).</summary>
    private const int ProcessorSize = 2;

    /// <summary>Whether a pool that processors have not is two that they have, where no value is negative.</summary>
    public static bool IsTwo(ConvolutionWindow window) =>
        window is { KernelSize: (ProcessorSize + 1, ProcessorSize + 1), Strides: { Height: <= ProcessorSize, Width: <= ProcessorSize } };

    /// <summary>How the pool moves.</summary>
    public ConvolutionWindow Window => new() { KernelSize = (Size, Size), Strides = (Stride, Stride), Padding = Padding };

    /// <summary>
    /// The stages that together give the maxima of a pool; null where none do. Pools of 3x3 are two of 2x2, since processors have
    /// those; others are one where that is possible.
    /// </summary>
    /// <param name="pool">The pool over its input.</param>
    /// <param name="isNeverNegative">Whether zeros may stand for cells outside of the image.</param>
    public static IReadOnlyList<PoolStage>? Find(in ConvolutionGeometry pool, bool isNeverNegative)
    {
        (int size, int stride) = (Math.Max(pool.KernelHeight, pool.KernelWidth), Math.Max(pool.StrideHeight, pool.StrideWidth));
        return isNeverNegative && size == ProcessorSize + 1 && stride <= ProcessorSize
            ? Two(pool, size, stride, isNeverNegative) ?? One(pool, size, stride, isNeverNegative)
            : One(pool, size, stride, isNeverNegative) ?? Two(pool, size, stride, isNeverNegative);
    }

    private static PoolStage[]? One(in ConvolutionGeometry pool, int size, int stride, bool isNeverNegative)
    {
        (PoolCells rows, PoolCells columns) = (PoolCells.Rows(pool), PoolCells.Columns(pool));
        (PoolCells height, PoolCells width) = (PoolCells.Image(pool.InputHeight), PoolCells.Image(pool.InputWidth));
        foreach ((int kernel, Padding padding) in Kernels)
        {
            foreach (int row in Cells(height, rows, kernel, padding, size, stride, isNeverNegative))
            {
                foreach (int column in Cells(width, columns, kernel, padding, size, stride, isNeverNegative))
                {
                    return [new PoolStage(kernel, (row, column), padding, size, stride)];
                }
            }
        }

        return null;
    }

    /// <summary>The maxima of neighbours first, then those of a window smaller by one.</summary>
    private static PoolStage[]? Two(in ConvolutionGeometry pool, int size, int stride, bool isNeverNegative)
    {
        if (size < ProcessorSize)
        {
            return null;
        }

        (PoolCells rows, PoolCells columns) = (PoolCells.Rows(pool), PoolCells.Columns(pool));
        (PoolCells height, PoolCells width) = (PoolCells.Image(pool.InputHeight), PoolCells.Image(pool.InputWidth));
        foreach (((int Kernel, Padding Padding) first, (int Kernel, Padding Padding) second) in Pairs)
        {
            foreach ((int firstRow, int secondRow) in CellPairs(height, rows, first, second, size, stride, isNeverNegative))
            {
                foreach ((int firstColumn, int secondColumn) in CellPairs(width, columns, first, second, size, stride, isNeverNegative))
                {
                    return
                    [
                        new PoolStage(first.Kernel, (firstRow, firstColumn), first.Padding, ProcessorSize, 1),
                        new PoolStage(second.Kernel, (secondRow, secondColumn), second.Padding, size - 1, stride),
                    ];
                }
            }
        }

        return null;
    }

    /// <summary>Larger kernels would move the image by more than the pools in use are padded by.</summary>
    private static (int Kernel, Padding Padding)[] Kernels { get; } =
    [
        (1, Padding.Same), (3, Padding.Same), (5, Padding.Same), (2, Padding.Valid), (3, Padding.Valid), (4, Padding.Valid),
    ];

    private static ((int Kernel, Padding Padding) First, (int Kernel, Padding Padding) Second)[] Pairs { get; } =
    [
        .. from first in Kernels
           from second in Kernels
           orderby (first.Padding == Padding.Valid ? 1 : 0) + (second.Padding == Padding.Valid ? 1 : 0), first.Kernel + second.Kernel
           select (first, second),
    ];

    private static IEnumerable<(int First, int Second)> CellPairs(
        PoolCells image,
        PoolCells wanted,
        (int Kernel, Padding Padding) first,
        (int Kernel, Padding Padding) second,
        int size,
        int stride,
        bool isNeverNegative)
    {
        for (int cell = 0; cell < first.Kernel; cell++)
        {
            if (image.Moved(first.Kernel, cell, first.Padding)?.Pooled(ProcessorSize, 1, first.Padding, isNeverNegative) is { } half)
            {
                foreach (int next in Cells(half, wanted, second.Kernel, second.Padding, size - 1, stride, isNeverNegative))
                {
                    yield return (cell, next);
                }
            }
        }
    }

    private static IEnumerable<int> Cells(
        PoolCells image, PoolCells wanted, int kernel, Padding padding, int size, int stride, bool isNeverNegative) =>
        Enumerable.Range(0, kernel).Where(cell =>
            image.Moved(kernel, cell, padding)?.Pooled(size, stride, padding, isNeverNegative) is { } given && given.Equals(wanted));
}

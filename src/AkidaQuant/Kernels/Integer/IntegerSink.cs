using System.Numerics;
using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Products;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Takes sums of integers block by block, saturates and finishes them in the cache, and stores them in the output.</summary>
/// <param name="output">(rows, columns).</param>
/// <param name="firstRow">The row of the output that row 0 of the product is.</param>
/// <param name="columns">The number of columns of the output.</param>
/// <param name="saturation">The bounds of sums, if any exceeds them.</param>
/// <param name="finish">What becomes of the sums, if anything.</param>
/// <param name="scratch">Room for a block, or null where the output holds the sums themselves.</param>
internal readonly struct IntegerSink<T>(
    IntegerData output, int firstRow, int columns, ValueRange? saturation, IntegerFinish? finish, T[]? scratch) : IProductSink<T>
    where T : unmanaged, INumber<T>
{
    /// <inheritdoc/>
    public Span<T> Begin(int row, int column, int count, out int stride)
    {
        if (scratch is not null)
        {
            stride = count;
            return scratch;
        }

        stride = columns;
        return output.Values<T>(output.Capacity)[(((firstRow + row) * columns) + column)..];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void End(int row, int rows, int column, int count)
    {
        Span<T> sums = Begin(row, column, count, out int stride)[..(((rows - 1) * stride) + count)];
        bool isWhole = stride == count;
        if (saturation is not null)
        {
            for (int i = 0; i < (isWhole ? 1 : rows); i++)
            {
                IntegerSums.Saturate(isWhole ? sums : sums.Slice(i * stride, count), saturation);
            }
        }

        if (finish is not null)
        {
            finish.Run<T>(sums, stride, rows, column, count, output, firstRow + row);
        }
        else if (scratch is not null)
        {
            for (int i = 0; i < rows; i++)
            {
                IntegerCopy.Write<T>(sums.Slice(i * stride, count), output, ((firstRow + row + i) * columns) + column);
            }
        }
    }
}

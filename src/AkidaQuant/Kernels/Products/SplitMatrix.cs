namespace AkidaQuant.Kernels.Products;

/// <summary>
/// A matrix whose last columns are packed for narrower vectors: where they fill at most half of a wide one, the other half would
/// compute nothing.
/// </summary>
/// <param name="head">All columns but the last.</param>
/// <param name="tail">The last columns, fewer than a panel of the head has.</param>
internal sealed class SplitMatrix<T>(PackedMatrix<T> head, PackedMatrix<T> tail) : PackedMatrix<T>(head.Depth, head.Columns + tail.Columns)
    where T : unmanaged, System.Numerics.INumberBase<T>
{
    /// <inheritdoc/>
    public override int PanelWidth => head.PanelWidth;

    /// <inheritdoc/>
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
        int ofHead = Math.Min(columnCount, head.Columns - firstColumn);
        if (ofHead > 0)
        {
            head.Multiply(rows, rowStride, output, outputStride, count, firstColumn, ofHead, zeros);
        }

        if (firstColumn + columnCount > head.Columns)
        {
            tail.Multiply(rows, rowStride, output[ofHead..], outputStride, count, 0, tail.Columns, zeros.From(head.Columns));
        }
    }
}

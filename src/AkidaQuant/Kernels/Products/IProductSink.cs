namespace AkidaQuant.Kernels.Products;

/// <summary>Takes a product block by block, each while it is in the cache.</summary>
internal interface IProductSink<T>
{
    /// <summary>Where a block goes: its row i begins at <c>i * stride</c>.</summary>
    Span<T> Begin(int row, int column, int columns, out int stride);

    /// <summary>The block that <see cref="Begin"/> gave the place of is there.</summary>
    void End(int row, int rows, int column, int columns);
}

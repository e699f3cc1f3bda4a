namespace AkidaQuant.Kernels.Products;

/// <summary>The rows and columns of a product that one share of the work computes; shares meet in no element and cover all.</summary>
/// <param name="Row">The first row.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Column">The first column, where a panel begins.</param>
/// <param name="Columns">The number of columns.</param>
internal readonly record struct ProductPart(int Row, int Rows, int Column, int Columns)
{
    /// <summary>From so many rows a share on, they are divided where whole tiles of rows begin.</summary>
    private const int ManyRows = 192;

    private const int TileRows = 6;

    /// <summary>
    /// The part of a share: some rows of all columns, or, where that divides the work more evenly, some columns of all rows.
    /// </summary>
    /// <remarks>
    /// A share by rows reads all weights and some inputs, a share by columns some weights and all inputs, so that the longer side
    /// is divided where both are about as even.
    /// </remarks>
    /// <param name="share">The share.</param>
    /// <param name="rows">The rows of the whole product.</param>
    /// <param name="columns">The columns of the whole product.</param>
    /// <param name="panelWidth">The columns of a panel, which no share divides.</param>
    public static ProductPart Of(WorkShare share, int rows, int columns, int panelWidth)
    {
        if (share.Count <= 1)
        {
            return new ProductPart(0, rows, 0, columns);
        }

        int panels = (columns + panelWidth - 1) / panelWidth;
        long mostByRows = (long)((rows + share.Count - 1) / share.Count) * panels;
        long mostByColumns = (long)rows * ((panels + share.Count - 1) / share.Count);
        if (rows < columns ? mostByColumns * 16 <= mostByRows * 17 : mostByColumns * 17 < mostByRows * 16)
        {
            (int start, int end) = share.Of(panels);
            int first = start * panelWidth;
            return new ProductPart(0, rows, first, Math.Max(Math.Min(end * panelWidth, columns) - first, 0));
        }

        int unit = rows >= ManyRows * share.Count ? TileRows : 1;
        (int from, int to) = share.Of((rows + unit - 1) / unit);
        return new ProductPart(from * unit, Math.Min(to * unit, rows) - (from * unit), 0, columns);
    }
}

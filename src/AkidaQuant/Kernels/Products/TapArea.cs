namespace AkidaQuant.Kernels.Products;

/// <summary>Neighbouring rows and columns of a kernel: the taps of a window that lie inside of the image.</summary>
/// <param name="Row">The first row.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Column">The first column.</param>
/// <param name="Columns">The number of columns.</param>
internal readonly record struct TapArea(int Row, int Rows, int Column, int Columns)
{
    /// <summary>The number of taps.</summary>
    public int Count => Rows * Columns;
}

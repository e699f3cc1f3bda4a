namespace AkidaQuant.Kernels.Products;

/// <summary>Multiplies tiles of a <see cref="TiledMatrix{T, TTile}"/>: some rows times a panel of one or two vectors of columns.</summary>
internal interface IMatrixTile<T>
    where T : unmanaged
{
    /// <summary>The columns of a vector.</summary>
    int VectorLength { get; }

    /// <summary>The rows of the highest tile.</summary>
    int MostRows { get; }

    /// <summary>The rows of the highest tile that so many rows fill.</summary>
    int HeightFor(int rows);

    /// <summary>Multiplies a tile; the arguments say where its rows, its panel, its bias and its result begin.</summary>
    /// <param name="rows">The number of rows, one that <see cref="HeightFor"/> gives.</param>
    /// <param name="isWide">Whether the panel is two vectors wide rather than one.</param>
    /// <param name="a">The first row of the left-hand side.</param>
    /// <param name="aStride">The distance of its rows.</param>
    /// <param name="b">The panel.</param>
    /// <param name="depth">The length of a row of the left-hand side.</param>
    /// <param name="bias">One value for each lane of the panel.</param>
    /// <param name="c">The first row of the product.</param>
    /// <param name="cStride">The distance of its rows.</param>
    unsafe void Multiply(int rows, bool isWide, T* a, nint aStride, T* b, nint depth, T* bias, T* c, nint cStride);
}

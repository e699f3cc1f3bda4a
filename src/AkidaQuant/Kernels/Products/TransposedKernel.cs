namespace AkidaQuant.Kernels.Products;

/// <summary>Lays kernels of transposed convolutions out for the matrix product.</summary>
internal static class TransposedKernel
{
    /// <summary>A kernel (rows, columns, input channels, filters) as a matrix (input channels, rows x columns x filters).</summary>
    /// <remarks>The row of a channel then holds what a pixel's value in it is multiplied with for each tap and filter.</remarks>
    public static T[] ToMatrix<T>(T[] kernel, int taps, int channels, int filters)
    {
        T[] matrix = new T[kernel.Length];
        for (int tap = 0; tap < taps; tap++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                kernel.AsSpan(((tap * channels) + channel) * filters, filters).CopyTo(matrix.AsSpan(((channel * taps) + tap) * filters));
            }
        }

        return matrix;
    }
}

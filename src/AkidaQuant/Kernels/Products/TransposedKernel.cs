using AkidaQuant.Geometry;

namespace AkidaQuant.Kernels.Products;

/// <summary>Lays kernels of transposed convolutions out for the matrix product, and finds what falls where.</summary>
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

    /// <summary>The rows of the image that fall on some lines of the result: from Start up to, but without, End.</summary>
    /// <param name="forward">The convolution that is transposed: its output is the image here, its input the result.</param>
    /// <param name="first">The first line.</param>
    /// <param name="end">The line behind the last one.</param>
    public static (int Start, int End) Rows(in ConvolutionGeometry forward, int first, int end)
    {
        int stride = forward.StrideHeight;
        int highest = first + forward.PadTop - ((forward.KernelHeight - 1) * forward.DilationHeight);
        int start = Math.Min(Math.Max(highest + stride - 1, 0) / stride, forward.OutputHeight);
        return (start, Math.Clamp(((end - 1 + forward.PadTop) / stride) + 1, start, forward.OutputHeight));
    }

    /// <summary>The elements of the image that fall on some lines of the result, likewise.</summary>
    public static (int Start, int End) Needs(in ConvolutionGeometry forward, int first, int end)
    {
        int row = forward.OutputWidth * forward.OutputChannels;
        (int start, int stop) = Rows(forward, first, end);
        return (start * row, stop * row);
    }
}

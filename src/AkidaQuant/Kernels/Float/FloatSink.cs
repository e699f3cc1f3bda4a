using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Products;

namespace AkidaQuant.Kernels.Float;

/// <summary>Stores a product of floats in some neighbouring channels of the output and finishes it there, block by block.</summary>
/// <param name="output">(rows, channels).</param>
/// <param name="channels">The number of channels.</param>
/// <param name="first">The channel that the first column of the product is.</param>
/// <param name="finish">What is applied to finished values, if anything.</param>
internal readonly ref struct FloatSink(Span<float> output, int channels, int first, FloatFinish? finish) : IProductSink<float>
{
    private readonly Span<float> _output = output;

    /// <inheritdoc/>
    public Span<float> Begin(int row, int column, int columns, out int stride)
    {
        stride = channels;
        return _output[((row * channels) + first + column)..];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void End(int row, int rows, int column, int columns)
    {
        if (finish is null)
        {
            return;
        }

        if (columns == channels)
        {
            finish(_output.Slice(row * channels, rows * channels), 0);
            return;
        }

        for (int i = row; i < row + rows; i++)
        {
            finish(_output.Slice((i * channels) + first + column, columns), first + column);
        }
    }
}

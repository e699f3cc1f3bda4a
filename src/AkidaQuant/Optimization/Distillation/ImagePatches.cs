using System.Numerics.Tensors;
using AkidaQuant.Geometry;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>The windows of a convolution as rows of a matrix: (output positions, kernel rows x columns x channels).</summary>
/// <param name="geometry">The sizes.</param>
/// <param name="border">What stands outside of the image: nothing for 0, one value, or one a channel.</param>
internal sealed class ImagePatches(ConvolutionGeometry geometry, float[]? border = null)
{
    /// <summary>The rows of a sample.</summary>
    public int Count => geometry.OutputHeight * geometry.OutputWidth;

    /// <summary>The columns: the weights of a filter.</summary>
    public int Depth => geometry.KernelHeight * geometry.KernelWidth * geometry.InputChannels;

    /// <summary>Writes rows.</summary>
    public void Gather(ReadOnlySpan<float> image, int start, int count, Span<float> rows)
    {
        int channels = geometry.InputChannels;
        for (int row = 0; row < count; row++)
        {
            for (int tap = 0; tap < geometry.KernelHeight * geometry.KernelWidth; tap++)
            {
                Span<float> cell = rows.Slice((row * Depth) + (tap * channels), channels);
                if (Cell(start + row, tap) is >= 0 and var at)
                {
                    image.Slice(at, channels).CopyTo(cell);
                }
                else if (border is { Length: > 1 })
                {
                    border.CopyTo(cell);
                }
                else
                {
                    cell.Fill(border?[0] ?? 0);
                }
            }
        }
    }

    /// <summary>Adds rows to the cells of the image that they come from.</summary>
    public void Scatter(ReadOnlySpan<float> rows, int start, int count, Span<float> image)
    {
        int channels = geometry.InputChannels;
        for (int row = 0; row < count; row++)
        {
            for (int tap = 0; tap < geometry.KernelHeight * geometry.KernelWidth; tap++)
            {
                if (Cell(start + row, tap) is >= 0 and var at)
                {
                    Span<float> cell = image.Slice(at, channels);
                    TensorPrimitives.Add(cell, rows.Slice((row * Depth) + (tap * channels), channels), cell);
                }
            }
        }
    }

    /// <summary>Where the cell begins that a tap of the kernel meets at an output position; -1 outside of the image.</summary>
    public int Cell(int position, int tap)
    {
        (int outputRow, int outputColumn) = Math.DivRem(position, geometry.OutputWidth);
        (int kernelRow, int kernelColumn) = Math.DivRem(tap, geometry.KernelWidth);
        int row = (outputRow * geometry.StrideHeight) + (kernelRow * geometry.DilationHeight) - geometry.PadTop;
        int column = (outputColumn * geometry.StrideWidth) + (kernelColumn * geometry.DilationWidth) - geometry.PadLeft;
        return (uint)row < (uint)geometry.InputHeight && (uint)column < (uint)geometry.InputWidth
            ? ((row * geometry.InputWidth) + column) * geometry.InputChannels
            : -1;
    }
}

using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using AkidaQuant.Geometry;

namespace AkidaQuant.Kernels.Float;

/// <summary>Mean over windows of images in time, channels last. Cells outside of the input do not count.</summary>
public sealed class AveragePooling
{
    private readonly VolumeGeometry _geometry;

    /// <summary>A pooling whose windows are the geometry's kernel; input and output have the same channels.</summary>
    public AveragePooling(in VolumeGeometry geometry) => _geometry = geometry;

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, input steps, input height, input width, channels).</param>
    /// <param name="output">(batch, output steps, output height, output width, channels).</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, WorkShare share = default)
    {
        ConvolutionGeometry image = _geometry.Image;
        int sampleSize = _geometry.InputSteps * image.InputSize;
        int channels = image.InputChannels;
        int lineSize = image.OutputWidth * channels;
        int linesOfSample = _geometry.OutputSteps * image.OutputHeight;
        (int start, int end) = share.Of(batch * linesOfSample);
        for (int line = start; line < end; line++)
        {
            ReadOnlySpan<float> volume = input.Slice(line / linesOfSample * sampleSize, sampleSize);
            (int Start, int End) steps = Range(
                line % linesOfSample / image.OutputHeight,
                _geometry.StrideSteps,
                _geometry.PadBefore,
                _geometry.KernelSteps,
                _geometry.InputSteps);
            (int Start, int End) rows = Range(
                line % image.OutputHeight, image.StrideHeight, image.PadTop, image.KernelHeight, image.InputHeight);
            for (int x = 0; x < image.OutputWidth; x++)
            {
                (int Start, int End) columns = Range(x, image.StrideWidth, image.PadLeft, image.KernelWidth, image.InputWidth);
                Window(volume, steps, rows, columns, output.Slice((line * lineSize) + (x * channels), channels));
            }
        }
    }

    private static (int Start, int End) Range(int output, int stride, int padding, int kernel, int size)
    {
        int start = (output * stride) - padding;
        return (Math.Max(start, 0), Math.Min(start + kernel, size));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Window(
        ReadOnlySpan<float> volume, (int Start, int End) steps, (int Start, int End) rows, (int Start, int End) columns, Span<float> output)
    {
        ConvolutionGeometry image = _geometry.Image;
        output.Clear();
        for (int t = steps.Start; t < steps.End; t++)
        {
            for (int y = rows.Start; y < rows.End; y++)
            {
                for (int x = columns.Start; x < columns.End; x++)
                {
                    int cell = ((((t * image.InputHeight) + y) * image.InputWidth) + x) * output.Length;
                    // A lane is a channel: those of a cell lie side by side and are added to their sums, in the order of the
                    // cells in any width.
                    TensorPrimitives.Add(output, volume.Slice(cell, output.Length), output);
                }
            }
        }

        int count = (steps.End - steps.Start) * (rows.End - rows.Start) * (columns.End - columns.Start);
        TensorPrimitives.Divide(output, count, output);
    }
}

using System.Numerics.Tensors;
using AkidaQuant.Geometry;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>The gradients of a convolution of every channel with its own kernel, or of a transposed one.</summary>
/// <param name="geometry">The sizes; of a transposed one those of the convolution that it transposes.</param>
/// <param name="kernel">The kernel, (rows, columns, channels, 1).</param>
/// <param name="isTransposed">Whether the layer takes what the convolution gives.</param>
internal sealed class DepthwiseGradient(ConvolutionGeometry geometry, LayerKernel kernel, bool isTransposed = false) : KernelGradient
{
    private readonly ImagePatches _patches = new(geometry);

    /// <inheritdoc/>
    public override IReadOnlyList<LayerKernel> Kernels => [kernel];

    private int Taps => geometry.KernelHeight * geometry.KernelWidth;

    /// <inheritdoc/>
    public override void Add(
        ReadOnlySpan<float> input, ReadOnlySpan<float> byOutput, Span<float> byInput, IReadOnlyList<float[]> byKernels, int batch)
    {
        int channels = geometry.InputChannels;
        ReadOnlySpan<float> images = isTransposed ? byOutput : input;
        ReadOnlySpan<float> rows = isTransposed ? input : byOutput;
        for (int sample = 0; sample < batch; sample++)
        {
            int image = sample * geometry.InputSize;
            for (int position = 0; position < _patches.Count; position++)
            {
                int at = ((sample * _patches.Count) + position) * channels;
                ReadOnlySpan<float> row = rows.Slice(at, channels);
                for (int tap = 0; tap < Taps; tap++)
                {
                    if (_patches.Cell(position, tap) is not (>= 0 and var inside))
                    {
                        continue;
                    }

                    ReadOnlySpan<float> cell = images.Slice(image + inside, channels);
                    if (byKernels[0].Length > 0)
                    {
                        Span<float> byTap = byKernels[0].AsSpan(tap * channels, channels);
                        TensorPrimitives.FusedMultiplyAdd(cell, row, byTap, byTap);
                    }

                    if (!byInput.IsEmpty)
                    {
                        Span<float> target = byInput.Slice(isTransposed ? at : image + inside, channels);
                        ReadOnlySpan<float> weights = kernel.Weights.AsSpan(tap * channels, channels);
                        TensorPrimitives.FusedMultiplyAdd(isTransposed ? cell : row, weights, target, target);
                    }
                }
            }
        }
    }

    /// <summary>What the convolution itself, not transposed, gives for a sample.</summary>
    public void Convolve(ReadOnlySpan<float> image, Span<float> output)
    {
        int channels = geometry.InputChannels;
        output.Clear();
        for (int position = 0; position < _patches.Count; position++)
        {
            Span<float> row = output.Slice(position * channels, channels);
            for (int tap = 0; tap < Taps; tap++)
            {
                if (_patches.Cell(position, tap) is >= 0 and var inside)
                {
                    TensorPrimitives.FusedMultiplyAdd(
                        image.Slice(inside, channels), kernel.Weights.AsSpan(tap * channels, channels), row, row);
                }
            }
        }
    }
}

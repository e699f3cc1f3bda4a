using System.Buffers;
using AkidaQuant.Geometry;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>The gradients of a transposed convolution: that by its input is the convolution that it transposes.</summary>
/// <param name="forward">That convolution: its input is the layer's output (<see cref="Layers.TransposedWindow.Over"/>).</param>
/// <param name="kernel">The kernel, (rows, columns, filters, input channels).</param>
internal sealed class TransposedConvolutionGradient(ConvolutionGeometry forward, LayerKernel kernel) : KernelGradient
{
    private const int BlockRows = 64;

    private readonly ImagePatches _patches = new(forward);

    /// <inheritdoc/>
    public override IReadOnlyList<LayerKernel> Kernels => [kernel];

    /// <inheritdoc/>
    public override void Add(
        ReadOnlySpan<float> input, ReadOnlySpan<float> byOutput, Span<float> byInput, IReadOnlyList<float[]> byKernels, int batch)
    {
        int depth = _patches.Depth;
        int channels = forward.OutputChannels;
        float[] rented = ArrayPool<float>.Shared.Rent(BlockRows * depth);
        for (int sample = 0; sample < batch; sample++)
        {
            for (int start = 0; start < _patches.Count; start += BlockRows)
            {
                int count = Math.Min(BlockRows, _patches.Count - start);
                Span<float> rows = rented.AsSpan(0, count * depth);
                _patches.Gather(byOutput.Slice(sample * forward.InputSize, forward.InputSize), start, count, rows);
                int at = ((sample * _patches.Count) + start) * channels;
                if (byKernels[0].Length > 0)
                {
                    MatrixProduct.Add(rows, 1, depth, input.Slice(at, count * channels), byKernels[0], depth, count, channels);
                }

                if (!byInput.IsEmpty)
                {
                    MatrixProduct.Add(rows, depth, 1, kernel.Weights, byInput.Slice(at, count * channels), count, depth, channels);
                }
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }
}

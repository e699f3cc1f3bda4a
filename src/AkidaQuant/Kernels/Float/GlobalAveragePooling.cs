using System.Buffers;
using System.Numerics.Tensors;

namespace AkidaQuant.Kernels.Float;

/// <summary>Mean of each channel over all positions of float32 images (layers.md 6.2).</summary>
public sealed class GlobalAveragePooling(int positions, int channels)
{
    /// <summary>Sums over fewer positions are added up apart, so that rounding errors do not grow with the image.</summary>
    private const int BlockPositions = 64;

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, positions, channels).</param>
    /// <param name="output">(batch, channels).</param>
    /// <param name="batch">The number of samples.</param>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch)
    {
        float[] scratch = ArrayPool<float>.Shared.Rent(channels);
        Span<float> block = scratch.AsSpan(0, channels);
        for (int sample = 0; sample < batch; sample++)
        {
            ReadOnlySpan<float> image = input.Slice(sample * positions * channels, positions * channels);
            Span<float> mean = output.Slice(sample * channels, channels);
            mean.Clear();
            for (int first = 0; first < positions; first += BlockPositions)
            {
                block.Clear();
                for (int position = first; position < Math.Min(first + BlockPositions, positions); position++)
                {
                    // A lane is a channel: those of a position lie side by side and are added to the sums of the block, in the
                    // order of the positions in any width.
                    TensorPrimitives.Add(block, image.Slice(position * channels, channels), block);
                }

                TensorPrimitives.Add(mean, block, mean);
            }

            TensorPrimitives.Divide(mean, positions, mean);
        }

        ArrayPool<float>.Shared.Return(scratch);
    }
}

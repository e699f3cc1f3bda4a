using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Float;

/// <summary>Mean of each channel over all positions of float32 images (layers.md 6.2).</summary>
public sealed class GlobalAveragePooling(int positions, int channels)
{
    /// <summary>Sums over fewer positions are added up apart, so that rounding errors do not grow with the image.</summary>
    private const int BlockPositions = 64;

    /// <summary>Channels that are one unit of work: whole lines of the cache.</summary>
    private const int ChannelsOfUnit = 32;

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, positions, channels).</param>
    /// <param name="output">(batch, channels).</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, WorkShare share = default)
    {
        int units = (channels + ChannelsOfUnit - 1) / ChannelsOfUnit;
        (int start, int end) = share.Of(batch * units);
        float[] scratch = ArrayPool<float>.Shared.Rent(channels);
        while (start < end)
        {
            int sample = start / units;
            int channel = start % units * ChannelsOfUnit;
            int next = Math.Min(end, (sample + 1) * units);
            int count = Math.Min((next - (sample * units)) * ChannelsOfUnit, channels) - channel;
            Mean(
                input.Slice(sample * positions * channels, positions * channels)[channel..],
                output.Slice((sample * channels) + channel, count),
                scratch.AsSpan(0, count));
            start = next;
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mean(ReadOnlySpan<float> image, Span<float> mean, Span<float> block)
    {
        mean.Clear();
        for (int first = 0; first < positions; first += BlockPositions)
        {
            block.Clear();
            for (int position = first; position < Math.Min(first + BlockPositions, positions); position++)
            {
                // A lane is a channel: those of a position lie side by side and are added to the sums of the block, in the
                // order of the positions in any width.
                FloatVectors.Add(block, image.Slice(position * channels, block.Length), block);
            }

            FloatVectors.Add(mean, block, mean);
        }

        TensorPrimitives.Divide(mean, positions, mean);
    }
}

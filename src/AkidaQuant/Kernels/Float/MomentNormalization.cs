using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Float;

/// <summary>
/// Values less their mean, divided by their deviation, times a factor and with an offset for each channel: over groups of neighbouring
/// channels of each sample. Sums are of double precision.
/// </summary>
public sealed class MomentNormalization
{
    private readonly int _positions;
    private readonly int _channels;
    private readonly int _groups;
    private readonly float _epsilon;
    private readonly float[]? _factors;
    private readonly float[]? _offsets;

    /// <summary>A normalization.</summary>
    /// <param name="positions">The cells of a sample.</param>
    /// <param name="channels">The channels of a cell.</param>
    /// <param name="groups">In how many groups channels are normalized, which divide them.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <param name="factors">One a channel; null for 1.</param>
    /// <param name="offsets">One a channel; null for 0.</param>
    public MomentNormalization(int positions, int channels, int groups, float epsilon, float[]? factors, float[]? offsets)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(channels % groups, 0);
        _positions = positions;
        _channels = channels;
        _groups = groups;
        _epsilon = epsilon;
        _factors = factors;
        _offsets = offsets;
    }

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, positions, channels).</param>
    /// <param name="output">The same shape.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, WorkShare share = default)
    {
        int size = _positions * _channels;
        (int start, int end) = share.Of(batch * _groups);
        for (int unit = start; unit < end; unit++)
        {
            int sample = unit / _groups * size;
            Group(input.Slice(sample, size), output.Slice(sample, size), unit % _groups * (_channels / _groups));
        }
    }

    private void Group(ReadOnlySpan<float> input, Span<float> output, int first)
    {
        int count = _channels / _groups;
        double sum = 0;
        for (int at = first; at < input.Length; at += _channels)
        {
            foreach (float value in input.Slice(at, count))
            {
                sum += value;
            }
        }

        double mean = sum / ((double)_positions * count);
        double squares = 0;
        for (int at = first; at < input.Length; at += _channels)
        {
            foreach (float value in input.Slice(at, count))
            {
                squares += (value - mean) * (value - mean);
            }
        }

        double scale = 1 / Math.Sqrt((squares / ((double)_positions * count)) + _epsilon);
        for (int at = first; at < input.Length; at += _channels)
        {
            for (int i = 0; i < count; i++)
            {
                double value = (input[at + i] - mean) * scale * (_factors?[first + i] ?? 1f);
                output[at + i] = (float)(value + (_offsets?[first + i] ?? 0f));
            }
        }
    }
}

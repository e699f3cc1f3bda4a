using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Whether the mean distance of two sequences over time reaches a threshold, for each channel (layers.md 10.3,
/// convert.md 6.4).
/// </summary>
public sealed class DeviationThreshold
{
    private readonly int _steps;
    private readonly int _channels;

    /// <summary>A comparison of sequences of <paramref name="steps"/> time steps.</summary>
    public DeviationThreshold(int steps, int channels)
    {
        _steps = steps;
        _channels = channels;
    }

    /// <summary>Computes a batch in float32: 1 where the mean distance is at least the threshold, else 0.</summary>
    /// <param name="left">(batch, steps, channels).</param>
    /// <param name="right">The same shape.</param>
    /// <param name="threshold">The least mean distance that gives 1.</param>
    /// <param name="output">(batch, channels).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> left, ReadOnlySpan<float> right, float threshold, Span<float> output)
    {
        int size = _steps * _channels;
        float[] distances = new float[size];
        for (int start = 0, to = 0; start < left.Length; start += size, to += _channels)
        {
            // A lane is one channel at one step: |l - r|. The sums over the steps are made channel by channel below, in the
            // order of the steps, so that their bits do not depend on the width of a vector.
            TensorPrimitives.Subtract(left.Slice(start, size), right.Slice(start, size), distances);
            TensorPrimitives.Abs(distances, distances);
            for (int c = 0; c < _channels; c++)
            {
                float sum = 0;
                for (int i = c; i < size; i += _channels)
                {
                    sum += distances[i];
                }

                output[to + c] = sum / _steps >= threshold ? 1 : 0;
            }
        }
    }

    /// <summary>
    /// Computes a batch of integers, whose values and distances saturate to <paramref name="valueBits"/>; the mean is
    /// rounded down.
    /// </summary>
    /// <param name="left">(batch, steps, channels).</param>
    /// <param name="right">The same shape.</param>
    /// <param name="valueBits">The magnitude bits of values and distances.</param>
    /// <param name="threshold">The least mean distance that gives 1.</param>
    /// <param name="output">(batch, channels).</param>
    /// <param name="batch">The number of samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(IntegerData left, IntegerData right, int valueBits, long threshold, IntegerData output, int batch)
    {
        int size = _steps * _channels;
        long[] a = new long[batch * size];
        long[] b = new long[batch * size];
        left.CopyTo(a, batch);
        right.CopyTo(b, batch);
        Span<short> results = output.Values<short>(batch);
        for (int result = 0; result < results.Length; result++)
        {
            int first = (result / _channels * size) + (result % _channels);
            long sum = 0;
            for (int step = 0; step < _steps; step++)
            {
                int i = first + (step * _channels);
                long difference = Rounding.Saturate(Rounding.Saturate(a[i], valueBits) - Rounding.Saturate(b[i], valueBits), valueBits);
                sum += Rounding.Saturate(Math.Abs(difference), valueBits);
            }

            results[result] = (short)(sum / _steps >= threshold ? 1 : 0);
        }
    }
}

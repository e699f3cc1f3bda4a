using System.Buffers;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Divides the potentials of each channel by its step, in float32 (convert.md 9.3).</summary>
/// <param name="steps">One a channel.</param>
internal sealed class PotentialScaling(float[] steps)
{
    /// <summary>Computes a batch.</summary>
    /// <param name="potentials">(batch, ..., channels).</param>
    /// <param name="output">The same shape.</param>
    /// <param name="batch">The number of samples.</param>
    public void Run(IntegerData potentials, Span<float> output, int batch)
    {
        long[] rented = ArrayPool<long>.Shared.Rent(output.Length);
        potentials.CopyTo(rented.AsSpan(0, output.Length), batch);
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = rented[i] / steps[i % steps.Length];
        }

        ArrayPool<long>.Shared.Return(rented);
    }
}

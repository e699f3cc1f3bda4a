using System.Numerics.Tensors;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Divides the potentials of each channel by its step, in float32 (convert.md 9.3).</summary>
/// <param name="steps">One a channel.</param>
internal sealed class PotentialScaling(float[] steps)
{
    /// <summary>Computes a batch.</summary>
    /// <param name="potentials">(batch, ..., channels).</param>
    /// <param name="output">The same shape.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    public void Run(IntegerData potentials, Span<float> output, int batch, WorkShare share = default)
    {
        switch (potentials.Storage)
        {
            case IntegerStorage.Int16:
                Run<short>(potentials.Values<short>(batch), output, share);
                break;
            case IntegerStorage.Int32:
                Run<int>(potentials.Values<int>(batch), output, share);
                break;
            default:
                Run<long>(potentials.Values<long>(batch), output, share);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<T>(ReadOnlySpan<T> potentials, Span<float> output, WorkShare share)
        where T : unmanaged, INumber<T>
    {
        (int start, int end) = share.Of(potentials.Length / steps.Length);
        for (int row = start; row < end; row++)
        {
            Span<float> values = output.Slice(row * steps.Length, steps.Length);
            TensorPrimitives.ConvertTruncating(potentials.Slice(row * steps.Length, steps.Length), values);
            TensorPrimitives.Divide<float>(values, steps, values);
        }
    }
}

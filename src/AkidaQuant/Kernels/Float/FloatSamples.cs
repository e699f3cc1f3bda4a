using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Products;

namespace AkidaQuant.Kernels.Float;

/// <summary>Runs kernels of one sample over batches.</summary>
internal static class FloatSamples
{
    /// <summary>Computes a part of a batch block by block, each finished while it is in the cache.</summary>
    /// <param name="kernel">Computes values of one sample.</param>
    /// <param name="bias">What is added to finished sums, one value a channel; null for none.</param>
    /// <param name="input">The samples.</param>
    /// <param name="output">The results of the whole batch.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What is done to finished values; null for nothing.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        ISampleKernel<float, float> kernel,
        float[]? bias,
        ReadOnlySpan<float> input,
        Span<float> output,
        int batch,
        WorkShare share,
        FloatFinish? finish)
    {
        (int start, int end) = share.Of(batch * kernel.Units);
        while (start < end)
        {
            (int sample, int first) = Math.DivRem(start, kernel.Units);
            int last = kernel.BlockEnd(first, Math.Min(kernel.Units, first + end - start));
            Span<float> values = output.Slice(start * kernel.UnitSize, (last - first) * kernel.UnitSize);
            kernel.Run(input.Slice(sample * kernel.InputSize, kernel.InputSize), first, last, values);
            FloatBias.Add(bias, values);
            finish?.Invoke(values, 0);
            start += last - first;
        }
    }
}

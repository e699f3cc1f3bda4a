using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Float;

/// <summary>Adds a bias to finished sums.</summary>
internal static class FloatBias
{
    /// <summary>Adds one value a channel to every pixel; nothing where there is no bias.</summary>
    /// <remarks>A lane is a channel; each sum is rounded by itself.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float[]? bias, Span<float> sums)
    {
        for (int start = 0; bias is not null && start < sums.Length; start += bias.Length)
        {
            Span<float> pixel = sums.Slice(start, bias.Length);
            FloatVectors.Add(pixel, bias, pixel);
        }
    }
}

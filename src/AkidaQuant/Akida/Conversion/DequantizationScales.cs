using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Numerics;

namespace AkidaQuant.Akida.Conversion;

/// <summary>What a Dequantizer multiplies integers with (convert.md 4.12).</summary>
internal static class DequantizationScales
{
    /// <summary>The scales, 1 for a FixedPoint, divided by 2^fractional bits in float32: one, or one a channel.</summary>
    /// <param name="dequantizer">The Dequantizer.</param>
    /// <param name="integers">What it takes in the Akida model; null for what it takes in the quantized model.</param>
    public static float[] Of(PlanStep<Node> dequantizer, QuantizedSpec? integers)
    {
        integers ??= dequantizer.Taken[0] as QuantizedSpec;
        int[] fracBits = integers?.FracBits.Span.ToArray() ?? [0];
        float[] scales = (((Dequantizer)dequantizer.Node.Layer).Scales ?? integers?.Scales)?.Span.ToArray() ?? [1f];
        float[] result = new float[Math.Max(fracBits.Length, scales.Length)];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = scales[scales.Length == 1 ? 0 : i] * Rounding.Pow2(-fracBits[fracBits.Length == 1 ? 0 : i]);
        }

        return result;
    }
}

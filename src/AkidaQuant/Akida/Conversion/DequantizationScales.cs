using AkidaQuant.Models;
using AkidaQuant.Numerics;

namespace AkidaQuant.Akida.Conversion;

/// <summary>What a Dequantizer multiplies integers with (convert.md 4.12).</summary>
internal static class DequantizationScales
{
    /// <summary>The scales, 1 for a FixedPoint, divided by 2^fractional bits in float32: one, or one a channel.</summary>
    public static float[] Of(PlanStep<Node> dequantizer)
    {
        int[] fracBits = dequantizer.Prepared.Recorded.Integers("frac_bits")?.Values ?? [0];
        float[] scales = dequantizer.Prepared.Recorded.Floats("scales")?.Values ?? [1f];
        float[] result = new float[Math.Max(fracBits.Length, scales.Length)];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = scales[scales.Length == 1 ? 0 : i] * Rounding.Pow2(-fracBits[fracBits.Length == 1 ? 0 : i]);
        }

        return result;
    }
}

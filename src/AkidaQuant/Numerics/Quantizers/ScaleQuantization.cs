using System.Globalization;

namespace AkidaQuant.Numerics.Quantizers;

/// <summary>Scales as integer multipliers.</summary>
/// <param name="Mantissas">The multipliers, unsigned.</param>
/// <param name="FracBits">Their fractional bits: a scale is about <c>mantissa / 2^FracBits</c>.</param>
/// <param name="ValueBits">Bits of a mantissa.</param>
public sealed record QuantizedScales(ScalarOrVector<int> Mantissas, ScalarOrVector<int> FracBits, int ValueBits);

/// <summary>Quantizes scales (numerics.md 3, <c>QuantizeScales</c>).</summary>
public static class ScaleQuantization
{
    /// <summary>
    /// Each scale as a mantissa that uses all of <paramref name="scaleBits"/> bits. A scale that is a power of two
    /// saturates: 1.0 becomes 255/256 (numerics.md 3).
    /// </summary>
    /// <exception cref="QuantException">
    /// ScaleNotUsable: a scale is zero, subnormal, negative, infinite or not a number; ScaleBitsOutOfRange.
    /// </exception>
    public static QuantizedScales Quantize(ScalarOrVector<float> scales, int scaleBits)
    {
        if (scaleBits is < 1 or > 31)
        {
            throw new QuantException(
                "ScaleBitsOutOfRange",
                QuantErrorKind.InvalidArgument,
                $"Quantized scales take from 1 to 31 bits, but scale_bits is {scaleBits}. The default is 8.");
        }

        RequireUsable(scales);
        ScalarOrVector<int> fracBits = scales.Map(scale => scaleBits - Rounding.CeilLog2(scale));
        ScalarOrVector<int> mantissas = ChannelWise.Combine(scales, fracBits, (scale, bits) =>
            (int)Rounding.Quantize(scale, scaleBits, bits));
        return new QuantizedScales(mantissas, fracBits, scaleBits);
    }

    internal static void RequireUsable(ScalarOrVector<float> scales)
    {
        foreach (float scale in scales.Span)
        {
            if (!float.IsNormal(scale) || scale < 0)
            {
                throw new QuantException(
                    "ScaleNotUsable",
                    QuantErrorKind.InvalidData,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"A scale must be a positive number that float32 holds with full precision, but it is {scale}. Check the weights and the rescaling rates for values that are zero, huge or not a number."));
            }
        }
    }
}

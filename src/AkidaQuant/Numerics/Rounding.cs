namespace AkidaQuant.Numerics;

/// <summary>The rounding, saturation and logarithms of numerics.md 1, on exact integers and float32.</summary>
public static class Rounding
{
    /// <summary>Clamps to [-2^n, 2^n - 1] (numerics.md 1.3).</summary>
    public static long Saturate(long value, int valueBits)
    {
        long bound = 1L << valueBits;
        return Math.Clamp(value, -bound, bound - 1);
    }

    /// <summary>Clamps a wide product or sum to [-2^n, 2^n - 1] (numerics.md 1.3).</summary>
    public static long Saturate(Int128 value, int valueBits)
    {
        Int128 bound = Int128.One << valueBits;
        return (long)Int128.Clamp(value, -bound, bound - 1);
    }

    /// <summary>
    /// The integer that stands for <paramref name="value"/>: times 2^<paramref name="fracBits"/>, rounded half to
    /// even, saturated to [-2^n, 2^n - 1] (numerics.md 2.3). Infinities saturate.
    /// </summary>
    /// <exception cref="QuantException">ValueNotANumber.</exception>
    public static long Quantize(double value, int valueBits, int fracBits)
    {
        if (double.IsNaN(value))
        {
            throw new QuantException(
                "ValueNotANumber",
                QuantErrorKind.InvalidData,
                "A value is not a number, so it cannot be quantized. Check the samples and weights.");
        }

        double bound = Math.ScaleB(1.0, valueBits);
        double scaled = Math.Round(Math.ScaleB(value, fracBits), MidpointRounding.ToEven);
        return scaled >= bound ? (1L << valueBits) - 1 : scaled <= -bound ? -(1L << valueBits) : (long)scaled;
    }

    /// <summary>
    /// <paramref name="value"/> times 2^<paramref name="shift"/>, rounded half towards +infinity (numerics.md 2.4,
    /// convert.md <c>rs</c>). Shifts beyond 62 bits saturate instead of wrapping.
    /// </summary>
    public static long ShiftRound(long value, int shift)
    {
        if (shift >= 0)
        {
            if (value == 0)
            {
                return 0;
            }

            if (shift > 62 || value > long.MaxValue >> shift || value < long.MinValue >> shift)
            {
                return value > 0 ? long.MaxValue : long.MinValue;
            }

            return value << shift;
        }

        return shift < -63 ? 0 : (value >> -shift) + ((value >> (-shift - 1)) & 1);
    }

    /// <summary>The nearest integer, ties to even.</summary>
    public static float HalfEven(float value) => MathF.Round(value, MidpointRounding.ToEven);

    /// <summary>
    /// The exponent of the smallest power of two that is at least <paramref name="value"/>, exact
    /// (numerics.md 1.4). <see cref="int.MinValue"/> for zero and subnormal numbers.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or not a number.</exception>
    public static int CeilLog2(float value)
    {
        int floor = FloorLog2(value);
        return floor == int.MinValue || IsPowerOfTwo(value) ? floor : floor + 1;
    }

    /// <summary>
    /// The exponent of the largest power of two that is at most <paramref name="value"/>, exact
    /// (numerics.md 1.4). <see cref="int.MinValue"/> for zero and subnormal numbers.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or not a number.</exception>
    public static int FloorLog2(float value)
    {
        if (!float.IsFinite(value) || value < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A logarithm needs a finite number that is not negative.");
        }

        return float.IsNormal(value) ? MathF.ILogB(value) : int.MinValue;
    }

    /// <summary>
    /// The most fractional bits with which <paramref name="range"/> fits <paramref name="valueBits"/>, at most
    /// <paramref name="valueBits"/> (numerics.md 2.2, with clamp).
    /// </summary>
    public static int MaxFracBits(int valueBits, float range)
    {
        int log = CeilLog2(range);
        return log == int.MinValue ? valueBits : Math.Min(valueBits - log, valueBits);
    }

    /// <summary>2 to the power of <paramref name="exponent"/>; 0 below -126 and infinity above 127 (numerics.md 1.3).</summary>
    public static float Pow2(int exponent) =>
        exponent < -126 ? 0f : exponent > 127 ? float.PositiveInfinity : MathF.ScaleB(1f, exponent);

    /// <summary>
    /// <c>value / constant</c> as the reference's compiled mode computes it: times the float32 reciprocal
    /// (numerics.md 1.2).
    /// </summary>
    public static float DivideByConstant(float value, float constant) => value * (1f / constant);

    private static bool IsPowerOfTwo(float value) => (BitConverter.SingleToUInt32Bits(value) & 0x7FFFFF) == 0;
}

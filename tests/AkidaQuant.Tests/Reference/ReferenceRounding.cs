using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <summary>What only the oracle rounds (numerics.md 1).</summary>
internal static class ReferenceRounding
{
    /// <summary>
    /// <paramref name="value"/> times 2^<paramref name="shift"/>, rounded towards -infinity (numerics.md 2.4,
    /// <c>Shift</c>). Left shifts saturate instead of wrapping.
    /// </summary>
    public static long ShiftFloor(long value, int shift) => shift >= 0 ? Rounding.ShiftRound(value, shift) : value >> Math.Min(-shift, 63);

    /// <summary>
    /// The base-2 logarithm rounded to the nearest integer, exact (numerics.md 1.4). <see cref="int.MinValue"/> for
    /// zero and subnormal numbers.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or not a number.</exception>
    public static int RoundLog2(float value)
    {
        int floor = Rounding.FloorLog2(value);
        if (floor == int.MinValue)
        {
            return floor;
        }

        // The logarithm exceeds floor + 1/2 when the square of the mantissa exceeds 2; double holds that square exactly.
        double mantissa = Math.ScaleB((double)value, -floor);
        return mantissa * mantissa > 2 ? floor + 1 : floor;
    }

    /// <summary>
    /// The most fractional bits with which <paramref name="range"/> fits <paramref name="valueBits"/>, without
    /// limit (numerics.md 2.2, without clamp). <see cref="int.MaxValue"/> for a range of zero.
    /// </summary>
    public static int UnclampedFracBits(int valueBits, float range)
    {
        int log = Rounding.CeilLog2(range);
        return log == int.MinValue ? int.MaxValue : valueBits - log;
    }
}

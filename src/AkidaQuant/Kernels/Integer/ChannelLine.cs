namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// What biases, clamps, factors and shifts with rounding make of the integers of a channel, all together:
/// <c>clamp((x * Factor + Offset) &gt;&gt; Shift, Least, Greatest)</c>. The result never falls, or never rises, with x.
/// </summary>
/// <remarks>
/// A step behind a line gives a line again, exactly. Added is what is shifted with the rest: <c>(y &gt;&gt; s) + b</c> is
/// <c>(y + (b &lt;&lt; s)) &gt;&gt; s</c>. A clamp behind a clamp clamps its bounds. Rounding down twice is rounding down once:
/// <c>(y &gt;&gt; s) &gt;&gt; t</c> is <c>y &gt;&gt; (s + t)</c>. What never falls or never rises can be done to the bounds of a clamp
/// instead of before it. Only a factor behind a shift is no line. No number here comes near 127 bits; a step that could bring one there
/// is refused.
/// </remarks>
/// <param name="Factor">What an integer is multiplied with.</param>
/// <param name="Offset">What is added then; half of what the shift divides by, for rounding, is part of it.</param>
/// <param name="Shift">The shift to the right, 0 to 62.</param>
/// <param name="Least">The least result.</param>
/// <param name="Greatest">The greatest one.</param>
internal record struct ChannelLine(Int128 Factor, Int128 Offset, int Shift, Int128 Least, Int128 Greatest)
{
    private const int MaxShift = 62;

    private static readonly Int128 MaxFactor = Int128.One << 60;
    private static readonly Int128 MaxOffset = Int128.One << 100;
    private static readonly Int128 MaxResult = Int128.One << 62;

    /// <summary>The line that leaves integers of a range as they are.</summary>
    public static ChannelLine Identity(ValueRange range) => new(1, 0, 0, range.Min, range.Max);

    /// <summary>The result for an integer.</summary>
    public readonly Int128 At(long value) => Int128.Clamp(Unclamped(value), Least, Greatest);

    /// <summary>Adds a number.</summary>
    public bool TryAdd(long addend)
    {
        Offset += (Int128)addend << Shift;
        Least += addend;
        Greatest += addend;
        return IsSmall();
    }

    /// <summary>Clamps.</summary>
    public void Clamp(long least, long greatest)
    {
        Least = Int128.Clamp(Least, least, greatest);
        Greatest = Int128.Clamp(Greatest, least, greatest);
    }

    /// <summary>Multiplies, as long as nothing has been shifted to the right.</summary>
    public bool TryMultiply(long factor)
    {
        if (Shift != 0 || Int128.Abs(factor) > MaxFactor)
        {
            return false;
        }

        Factor *= factor;
        Offset *= factor;
        (Least, Greatest) = factor >= 0 ? (Least * factor, Greatest * factor) : (Greatest * factor, Least * factor);
        return IsSmall();
    }

    /// <summary>Times 2 to the power of the shift, rounded half towards +infinity (numerics.md 2.4).</summary>
    public bool TryShiftRound(int shift)
    {
        if (shift >= 0)
        {
            return shift == 0 || (shift <= MaxShift && TryMultiply(1L << shift));
        }

        // As far as that, every result so far, below 2^62, is less than a half.
        int right = Math.Min(-shift, MaxShift + 2);
        Int128 half = Int128.One << (right - 1);
        if (Least >= -half && Greatest < half)
        {
            this = new ChannelLine(0, 0, 0, 0, 0);
            return true;
        }

        Offset += half << Shift;
        Shift += right;
        Least = (Least + half) >> right;
        Greatest = (Greatest + half) >> right;
        return Shift <= MaxShift && IsSmall();
    }

    /// <summary>
    /// The same in 32 bits, for integers of a range: where neither of them nor any result on the way has more, and the bounds can
    /// be kept by clamping what comes in.
    /// </summary>
    public readonly IntegerLine? Narrow(ValueRange input)
    {
        Int128 first = At(input.Min);
        Int128 last = At(input.Max);
        if (first == last)
        {
            return IsInt(first) ? new IntegerLine(0, 0, 0, (int)first, 0) : null;
        }

        // The last integer before which, and the first one behind which, all results are a bound. For a line that falls, the
        // mirrored one.
        (Int128 factor, Int128 offset) = (Int128.Abs(Factor), Offset);
        Int128 low;
        Int128 high;
        if (Factor > 0)
        {
            low = FloorQuotient(((Least + 1) << Shift) - 1 - offset, factor);
            high = -FloorQuotient(offset - (Greatest << Shift), factor);
        }
        else
        {
            low = FloorQuotient(offset - (Greatest << Shift), factor);
            high = -FloorQuotient(((Least + 1) << Shift) - 1 - offset, factor);
        }

        low = Int128.Max(low, input.Min);
        high = Int128.Min(high, input.Max);

        // Between two sums that fit 32 bits all do. The product alone may pass them: low bits of a sum come from low bits.
        return IsInt(low) && IsInt(high) && IsInt((low * Factor) + Offset) && IsInt((high * Factor) + Offset)
            && Unclamped((long)low) == At((long)low) && Unclamped((long)high) == At((long)high)
            ? new IntegerLine((int)low, (int)high, unchecked((int)(long)Factor), unchecked((int)(long)Offset), Math.Min(Shift, 31))
            : null;
    }

    private readonly Int128 Unclamped(long value) => ((value * Factor) + Offset) >> Shift;

    private readonly bool IsSmall() => Int128.Abs(Factor) <= MaxFactor && Int128.Abs(Offset) <= MaxOffset
        && Int128.Abs(Least) <= MaxResult && Int128.Abs(Greatest) <= MaxResult;

    private static bool IsInt(Int128 value) => value >= int.MinValue && value <= int.MaxValue;

    private static Int128 FloorQuotient(Int128 dividend, Int128 divisor)
    {
        (Int128 quotient, Int128 remainder) = Int128.DivRem(dividend, divisor);
        return remainder < 0 ? quotient - 1 : quotient;
    }
}


namespace AkidaQuant.Numerics;

/// <summary>The checks on operands that numerics.md 10 calls assertions.</summary>
internal static class Assertions
{
    /// <summary>The id of the error for a shift that leaves nothing.</summary>
    public const string Shift = "AssertionShift";

    /// <summary>Every shift must be less than the value bits of the result (numerics.md 2.4).</summary>
    /// <exception cref="QuantException">AssertionShift.</exception>
    public static void ShiftsBelow(ScalarOrVector<int> shifts, int valueBits)
    {
        foreach (int shift in shifts.Span)
        {
            if (shift >= valueBits)
            {
                throw Failed(
                    Shift,
                    $"A left shift by {shift} leaves nothing of {valueBits} value bits; it must be less than that. Use more value bits, or fewer fractional bits.");
            }
        }
    }

    /// <summary>Every value must be a number.</summary>
    /// <exception cref="QuantException">The error of that id and message.</exception>
    public static void Finite(ReadOnlySpan<float> values, string id, string message)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new QuantException(id, QuantErrorKind.InvalidData, message);
            }
        }
    }

    /// <summary>The error for operands that do not meet a check.</summary>
    public static QuantException Failed(string id, string message) => new(id, QuantErrorKind.InvalidArgument, message);
}

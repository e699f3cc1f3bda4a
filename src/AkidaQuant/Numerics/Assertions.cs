using System.Globalization;

namespace AkidaQuant.Numerics;

/// <summary>The checks on operands that numerics.md 10 calls assertions.</summary>
internal static class Assertions
{
    /// <summary>Every shift must be less than the value bits of the result (numerics.md 2.4).</summary>
    /// <exception cref="QuantException">AssertionShift.</exception>
    public static void ShiftsBelow(ScalarOrVector<int> shifts, int valueBits)
    {
        foreach (int shift in shifts.Span)
        {
            if (shift >= valueBits)
            {
                throw Failed(
                    "AssertionShift",
                    $"A left shift by {shift} leaves nothing of {valueBits} value bits; it must be less than that. Use more value bits, or fewer fractional bits.");
            }
        }
    }

    /// <summary>Both operands must have the same fractional bits; one value serves every channel (numerics.md 2.5).</summary>
    /// <exception cref="QuantException">AssertionAligned.</exception>
    public static void Aligned(FixedPoint left, FixedPoint right)
    {
        if (!ChannelWise.AllEqual(left.FracBits, right.FracBits))
        {
            throw Failed(
                "AssertionAligned",
                $"The operands have {Text(left.FracBits)} and {Text(right.FracBits)} fractional bits. Align one to the other first.");
        }
    }

    /// <summary>Both operands must have the same scales; one value serves every channel (numerics.md 3).</summary>
    /// <exception cref="QuantException">AssertionScales.</exception>
    public static void SameScales(QFloat left, QFloat right)
    {
        if (!ChannelWise.AllEqual(left.Scales, right.Scales))
        {
            throw Failed(
                "AssertionScales",
                $"The operands have the scales {Text(left.Scales)} and {Text(right.Scales)}. Convert both to FixedPoint first.");
        }
    }

    /// <summary>One quantization must serve the whole tensor.</summary>
    /// <exception cref="QuantException">AssertionPerTensor.</exception>
    public static void PerTensor(bool perTensor, string operation)
    {
        if (!perTensor)
        {
            throw Failed(
                "AssertionPerTensor",
                $"{operation} needs a per-tensor operand, but this one has fractional bits or scales of its own for each channel. Expand it, or quantize it per-tensor.");
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

    private static string Text<T>(ScalarOrVector<T> values)
        where T : struct, IFormattable =>
        string.Join(", ", values.Span.ToArray().Select(value => value.ToString(null, CultureInfo.InvariantCulture)));
}

using System.Globalization;
using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <summary>The checks on operands that numerics.md 10 calls assertions, of those that only the oracle makes.</summary>
internal static class OperandAssertions
{
    /// <summary>Both operands must have the same fractional bits; one value serves every channel (numerics.md 2.5).</summary>
    /// <exception cref="QuantException">AssertionAligned.</exception>
    public static void Aligned(FixedPoint left, FixedPoint right)
    {
        if (!ReferenceChannels.AllEqual(left.FracBits, right.FracBits))
        {
            throw Assertions.Failed(
                "AssertionAligned",
                $"The operands have {Text(left.FracBits)} and {Text(right.FracBits)} fractional bits. Align one to the other first.");
        }
    }

    /// <summary>Both operands must have the same scales; one value serves every channel (numerics.md 3).</summary>
    /// <exception cref="QuantException">AssertionScales.</exception>
    public static void SameScales(QFloat left, QFloat right)
    {
        if (!ReferenceChannels.AllEqual(left.Scales, right.Scales))
        {
            throw Assertions.Failed(
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
            throw Assertions.Failed(
                "AssertionPerTensor",
                $"{operation} needs a per-tensor operand, but this one has fractional bits or scales of its own for each channel. Expand it, or quantize it per-tensor.");
        }
    }

    private static string Text<T>(ScalarOrVector<T> values)
        where T : struct, IFormattable =>
        string.Join(", ", values.Span.ToArray().Select(value => value.ToString(null, CultureInfo.InvariantCulture)));
}

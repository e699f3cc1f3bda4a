using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <summary>
/// Operations on pairs of elements (numerics.md 4.1). Results saturate to the value bits of the left operand,
/// except where stated.
/// </summary>
public static class Elementwise
{
    /// <summary>The sum; fractional bits must be equal.</summary>
    /// <exception cref="QuantException">AssertionAligned; ShapesDoNotBroadcast.</exception>
    public static FixedPoint Add(FixedPoint left, FixedPoint right) => left + right;

    /// <summary>The sum; scales and fractional bits must be equal.</summary>
    /// <exception cref="QuantException">AssertionScales; AssertionAligned; ShapesDoNotBroadcast.</exception>
    public static QFloat Add(QFloat left, QFloat right) => left + right;

    /// <summary>The product; fractional bits are added.</summary>
    /// <exception cref="QuantException">ShapesDoNotBroadcast; ChannelCountMismatch.</exception>
    public static FixedPoint Multiply(FixedPoint left, FixedPoint right) =>
        left.Combine(right, AddFracBits(left, right), (a, b) => a * b);

    /// <summary>The product, with the scales of the right operand.</summary>
    /// <exception cref="QuantException">AssertionPerTensor: the left operand; ShapesDoNotBroadcast.</exception>
    public static QFloat Multiply(FixedPoint left, QFloat right)
    {
        OperandAssertions.PerTensor(left.IsPerTensor, "A product with a QFloat");
        return new QFloat(Multiply(left, right.Inner), right.Scales);
    }

    /// <summary>The product; scales are multiplied.</summary>
    /// <exception cref="QuantException">AssertionPerTensor: the left operand; ShapesDoNotBroadcast.</exception>
    public static QFloat Multiply(QFloat left, QFloat right)
    {
        OperandAssertions.PerTensor(left.IsPerTensor, "A product with a QFloat");
        return new QFloat(Multiply(left.Inner, right.Inner), MultiplyScales(left.Scales, right.Scales));
    }

    /// <summary>The quotient, truncated towards zero; fractional bits are subtracted.</summary>
    /// <exception cref="QuantException">AssertionDivisor; ShapesDoNotBroadcast.</exception>
    public static FixedPoint Divide(FixedPoint left, FixedPoint right) => left / right;

    /// <summary>The quotient, with the scales of the left operand.</summary>
    /// <exception cref="QuantException">AssertionPerTensor: the right operand; AssertionDivisor; ShapesDoNotBroadcast.</exception>
    public static QFloat Divide(QFloat left, FixedPoint right)
    {
        OperandAssertions.PerTensor(right.IsPerTensor, "The division of a QFloat");
        return new QFloat(left.Inner / right, left.Scales);
    }

    /// <summary>The magnitudes, saturated: the least integer becomes the greatest.</summary>
    public static FixedPoint Abs(FixedPoint value) => new(value.Values.Map(Math.Abs), value.ValueBits, value.FracBits);

    /// <summary>The greater of each pair; the result has the larger value bits of the two.</summary>
    /// <exception cref="QuantException">AssertionAligned; ShapesDoNotBroadcast.</exception>
    public static FixedPoint Maximum(FixedPoint left, FixedPoint right)
    {
        OperandAssertions.Aligned(left, right);
        return left.Promote(Math.Max(left.ValueBits, right.ValueBits)).Combine(right, left.FracBits, Int128.Max);
    }

    /// <inheritdoc cref="Maximum(FixedPoint, FixedPoint)"/>
    /// <exception cref="QuantException">AssertionScales; AssertionAligned; ShapesDoNotBroadcast.</exception>
    public static QFloat Maximum(QFloat left, QFloat right)
    {
        OperandAssertions.SameScales(left, right);
        return new QFloat(Maximum(left.Inner, right.Inner), left.Scales);
    }

    /// <summary>At most <paramref name="high"/>, then at least <paramref name="low"/>.</summary>
    /// <exception cref="QuantException">AssertionAligned; ShapesDoNotBroadcast.</exception>
    public static FixedPoint Clip(FixedPoint value, FixedPoint low, FixedPoint high)
    {
        OperandAssertions.Aligned(value, low);
        OperandAssertions.Aligned(value, high);
        return value.Combine(high, value.FracBits, Int128.Min).Combine(low, value.FracBits, Int128.Max);
    }

    /// <inheritdoc cref="Clip(FixedPoint, FixedPoint, FixedPoint)"/>
    /// <exception cref="QuantException">AssertionScales; AssertionAligned; ShapesDoNotBroadcast.</exception>
    public static QFloat Clip(QFloat value, QFloat low, QFloat high)
    {
        OperandAssertions.SameScales(value, low);
        OperandAssertions.SameScales(value, high);
        return new QFloat(Clip(value.Inner, low.Inner, high.Inner), value.Scales);
    }

    /// <summary>Zeros with the shape, value bits and fractional bits of <paramref name="value"/>.</summary>
    public static FixedPoint ZerosLike(FixedPoint value) => new(value.Values.Map(_ => 0L), value.ValueBits, value.FracBits);

    /// <summary>Zeros with the shape, bits and scales of <paramref name="value"/>.</summary>
    public static QFloat ZerosLike(QFloat value) => new(ZerosLike(value.Inner), value.Scales);

    internal static ScalarOrVector<int> AddFracBits(FixedPoint left, FixedPoint right) =>
        ChannelWise.Combine(left.FracBits, right.FracBits, (a, b) => a + b);

    internal static ScalarOrVector<float> MultiplyScales(ScalarOrVector<float> left, ScalarOrVector<float> right) =>
        ChannelWise.Combine(left, right, (a, b) => a * b);
}

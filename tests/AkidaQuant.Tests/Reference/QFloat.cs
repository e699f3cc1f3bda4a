using System.Globalization;
using AkidaQuant.Numerics;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Tests.Reference;

/// <summary>
/// A <see cref="FixedPoint"/> with float32 scales: real values are <c>integer / 2^FracBits * Scales</c>
/// (numerics.md 3). Immutable.
/// </summary>
public sealed class QFloat
{
    /// <summary>A tensor with the given scales: one, or one for each index of the last axis.</summary>
    /// <exception cref="QuantException">ChannelCountMismatch.</exception>
    public QFloat(FixedPoint inner, ScalarOrVector<float> scales)
    {
        FixedPoint.RequireChannels(inner.Shape, scales.Count);
        Inner = inner;
        Scales = scales;
    }

    /// <summary>A tensor with one scale.</summary>
    public QFloat(FixedPoint inner, float scale)
        : this(inner, ScalarOrVector<float>.Scalar(scale))
    {
    }

    /// <summary>The integers and their binary point.</summary>
    public FixedPoint Inner { get; }

    /// <summary>The scales.</summary>
    public ScalarOrVector<float> Scales { get; }

    /// <summary>The integers.</summary>
    public NdArray<long> Values => Inner.Values;

    /// <summary>Magnitude bits, the sign left out.</summary>
    public int ValueBits => Inner.ValueBits;

    /// <summary>Fractional bits.</summary>
    public ScalarOrVector<int> FracBits => Inner.FracBits;

    /// <summary>The shape of the values.</summary>
    public Shape Shape => Inner.Shape;

    /// <summary>Whether one quantization serves the whole tensor; scales of shape (1) do not count (numerics.md 3).</summary>
    public bool IsPerTensor => Inner.IsPerTensor && Scales.IsScalar;

    /// <summary>A tensor whose scales come as an array: axes of size 1 are dropped, and a scalar or vector must be left.</summary>
    /// <exception cref="QuantException">ScalesRank; ChannelCountMismatch.</exception>
    public static QFloat Create(FixedPoint inner, NdArray<float> scales) =>
        new(inner, ReferenceChannels.Squeeze(scales, "ScalesRank", "Scales"));

    /// <summary>
    /// The scales with which <paramref name="ranges"/> become 2^valueBits - 1, as the compiled mode computes them (numerics.md 1.2
    /// and 3).
    /// </summary>
    public static ScalarOrVector<float> OptimalScales(ScalarOrVector<float> ranges, int valueBits)
    {
        float largest = (1L << valueBits) - 1;
        return ranges.Map(range => Rounding.DivideByConstant(range, largest));
    }

    /// <summary>
    /// The most fractional bits with which the ranges fit once divided by the scales, at most <paramref name="valueBits"/>.
    /// </summary>
    public static ScalarOrVector<int> MaxFracBits(int valueBits, ScalarOrVector<float> ranges, ScalarOrVector<float> scales) =>
        ChannelWise.Combine(ranges, scales, (range, scale) => Rounding.MaxFracBits(valueBits, range / scale));

    /// <summary>Quantizes floats with the given scales: divided in float32, then rounded half to even.</summary>
    /// <exception cref="QuantException">ScaleNotUsable; ValueNotANumber; ChannelCountMismatch.</exception>
    public static QFloat Quantize(NdArray<float> x, int valueBits, ScalarOrVector<float> scales, ScalarOrVector<int>? fracBits = null)
    {
        ScaleQuantization.RequireUsable(scales);
        NdArray<float> scaled = ReferenceChannels.Map(
            x, scales, ReferenceChannels.IsDepthwise(x.Shape, scales.Count), (value, scale) => value / scale);
        return new QFloat(FixedPoint.Quantize(scaled, valueBits, fracBits ?? ScalarOrVector<int>.Scalar(0)), scales);
    }

    /// <summary>The real values in float32: divided by 2^FracBits, then multiplied by the scale (numerics.md 3).</summary>
    public NdArray<float> ToFloat() => ReferenceChannels.Map(
        Inner.ToFloat(), Scales, ReferenceChannels.IsDepthwise(Shape, Scales.Count), (value, scale) => value * scale);

    /// <summary>Multiplies by the quantized scales; promote first, or products saturate at the value bits.</summary>
    /// <exception cref="QuantException">ScaleNotUsable; ScaleBitsOutOfRange.</exception>
    public (FixedPoint Result, QuantizedScales Scales) ToFixedPoint(int scaleBits = 8)
    {
        QuantizedScales quantized = ScaleQuantization.Quantize(Scales, scaleBits);
        NdArray<long> values = ReferenceChannels.Map(
            Values,
            quantized.Mantissas,
            ReferenceChannels.IsDepthwise(Shape, Scales.Count),
            (value, mantissa) => Rounding.Saturate((Int128)value * mantissa, ValueBits));
        ScalarOrVector<int> fracBits = ChannelWise.Combine(FracBits, quantized.FracBits, (own, added) => own + added);
        return (new FixedPoint(values, ValueBits, fracBits), quantized);
    }

    /// <summary>The same integers with more room.</summary>
    /// <exception cref="QuantException">ValueBitsOutOfRange; PromotionNarrows.</exception>
    public QFloat Promote(int valueBits) => new(Inner.Promote(valueBits), Scales);

    /// <summary>Adds fractional bits (<see cref="FixedPoint.Upscale"/>); scales stay.</summary>
    /// <exception cref="QuantException">AssertionUpscale; AssertionShift.</exception>
    public (QFloat Result, ScalarOrVector<int> Shift) Upscale(ScalarOrVector<int> fracBits, int? valueBits = null)
    {
        (FixedPoint result, ScalarOrVector<int> shift) = Inner.Upscale(fracBits, valueBits);
        return (new QFloat(result, Scales), shift);
    }

    /// <summary>Aligns the fractional bits of all channels (<see cref="FixedPoint.Expand"/>), never the scales.</summary>
    /// <exception cref="QuantException">PromotionNarrows; AssertionShift.</exception>
    public (QFloat Result, ScalarOrVector<int> Shift) Expand(int valueBits)
    {
        (FixedPoint result, ScalarOrVector<int> shift) = Inner.Expand(valueBits);
        return (new QFloat(result, Scales), shift);
    }

    /// <summary>The sum of tensors with equal scales and fractional bits.</summary>
    /// <exception cref="QuantException">AssertionScales; AssertionAligned; ShapesDoNotBroadcast.</exception>
    public static QFloat operator +(QFloat left, QFloat right)
    {
        OperandAssertions.SameScales(left, right);
        return new QFloat(left.Inner + right.Inner, left.Scales);
    }

    /// <summary>The difference of tensors with equal scales and fractional bits.</summary>
    /// <exception cref="QuantException">AssertionScales; AssertionAligned; ShapesDoNotBroadcast.</exception>
    public static QFloat operator -(QFloat left, QFloat right)
    {
        OperandAssertions.SameScales(left, right);
        return new QFloat(left.Inner - right.Inner, left.Scales);
    }

    /// <summary>The quotient with a constant: the scales are divided, as the compiled mode does it (numerics.md 1.2).</summary>
    /// <exception cref="QuantException">AssertionDivisor: the constant is zero.</exception>
    public static QFloat operator /(QFloat left, float constant) => constant != 0
        ? new QFloat(left.Inner, left.Scales.Map(scale => Rounding.DivideByConstant(scale, constant)))
        : throw Assertions.Failed("AssertionDivisor", "A divisor is zero.");

    /// <summary>The type and the real values.</summary>
    public override string ToString() =>
        $"QFloat([{string.Join(", ", ToFloat().Values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}])";
}

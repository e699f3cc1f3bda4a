namespace AkidaQuant.Numerics.Quantizers;

/// <summary>A bias, maximum or padding value brought to the scales and fractional bits of an accumulator.</summary>
/// <param name="Values">The integers, already shifted.</param>
/// <param name="Shift">The left shifts; <c>Values &gt;&gt; Shift</c> is what hardware stores.</param>
public sealed record AlignedTensor(ScalarOrVector<long> Values, ScalarOrVector<int> Shift);

/// <summary>Quantizes what is added to or compared with an accumulator (numerics.md 5.3).</summary>
public static class AlignedQuantization
{
    /// <summary>
    /// Quantizes <paramref name="x"/> with the target's scales to at most <paramref name="bitwidth"/> bits, then
    /// shifts it left to the target's fractional bits (numerics.md 5.3). Above 4 bits each element has a shift of
    /// its own; below, the greatest magnitude decides for all.
    /// </summary>
    /// <param name="x">A scalar, or a vector of channels.</param>
    /// <param name="scales">The target's scales.</param>
    /// <param name="targetFracBits">The target's fractional bits.</param>
    /// <param name="targetValueBits">The target's magnitude bits, to which the result is saturated.</param>
    /// <param name="bitwidth">Bits before the shift, the sign included.</param>
    /// <param name="signed">Whether one bit is the sign.</param>
    /// <param name="constantScales">
    /// Whether the scales are literals of the network (those of a rescaled input), and not derived from its
    /// weights: the compiled mode then multiplies by the reciprocal (numerics.md 1.2).
    /// </param>
    /// <exception cref="QuantException">
    /// AlignedValueNotFinite; AlignedRankNotSupported: more than one axis; BitwidthOutOfRange; ScaleNotUsable;
    /// ChannelCountMismatch; AssertionShift: a shift is not less than <paramref name="targetValueBits"/>.
    /// </exception>
    public static AlignedTensor Quantize(
        NdArray<float> x,
        ScalarOrVector<float> scales,
        ScalarOrVector<int> targetFracBits,
        int targetValueBits,
        int bitwidth,
        bool signed,
        bool constantScales = false)
    {
        int valueBits = QuantizerBits.ValueBits(bitwidth, signed);
        Check(x);
        ScaleQuantization.RequireUsable(scales);
        ScalarOrVector<float> values = ScalarOrVector<float>.From(x);
        ScalarOrVector<float> ranges = bitwidth > 4 ? values.Map(Math.Abs) : ScalarOrVector<float>.Scalar(Magnitude(x));
        ScalarOrVector<int> fracBits = ChannelWise.Combine(
            ChannelWise.Combine(ranges, scales, (range, scale) => Rounding.MaxFracBits(valueBits, Finite(Divide(range, scale)))),
            targetFracBits,
            Math.Min);
        ScalarOrVector<int> shift = ChannelWise.Combine(targetFracBits, fracBits, (target, own) => target - own);
        Assertions.ShiftsBelow(shift, targetValueBits);

        ScalarOrVector<long> integers = ChannelWise.Combine(
            ChannelWise.Combine(values, scales, Divide),
            fracBits,
            (value, bits) => Rounding.Quantize(value, valueBits, bits));
        return new AlignedTensor(
            ChannelWise.Combine(integers, shift, (value, left) => Rounding.Saturate(Rounding.ShiftRound(value, left), targetValueBits)),
            shift);

        float Divide(float value, float scale) => constantScales ? Rounding.DivideByConstant(value, scale) : value / scale;
    }

    private static float Magnitude(NdArray<float> x)
    {
        float magnitude = 0;
        foreach (float value in x.Values)
        {
            magnitude = Math.Max(magnitude, Math.Abs(value));
        }

        return magnitude;
    }

    private static float Finite(float quotient) => float.IsFinite(quotient) ? quotient : float.MaxValue;

    private static void Check(NdArray<float> x)
    {
        if (x.Shape.Rank > 1)
        {
            throw new QuantException(
                "AlignedRankNotSupported",
                QuantErrorKind.NotSupported,
                $"A bias, maximum or padding value must be a scalar or a vector of channels, but it has the shape {x.Shape}.");
        }

        Assertions.Finite(
            x.Values,
            "AlignedValueNotFinite",
            "A bias, maximum or padding value is infinite or not a number, so it cannot be quantized. Train the model again or repair its weights.");
    }
}

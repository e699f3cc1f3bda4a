using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <content>Moving the binary point and widening (numerics.md 2.4).</content>
public sealed partial class FixedPoint
{
    /// <summary>The same integers with more room.</summary>
    /// <exception cref="QuantException">ValueBitsOutOfRange; PromotionNarrows: fewer bits than the tensor has.</exception>
    public FixedPoint Promote(int valueBits) =>
        valueBits >= ValueBits || valueBits < 0
            ? new FixedPoint(Values, valueBits, FracBits)
            : throw Assertions.Failed(
                "PromotionNarrows",
                $"A tensor of {ValueBits} value bits cannot be promoted to {valueBits}. Give at least as many as it has.");

    /// <summary>
    /// Moves the binary point: shifts left, or right with rounding half towards +infinity, and saturates.
    /// </summary>
    /// <param name="fracBits">The new fractional bits.</param>
    /// <param name="valueBits">The new magnitude bits; those of the tensor by default.</param>
    /// <returns>The tensor and the shifts, positive to the left.</returns>
    /// <exception cref="QuantException">AssertionShift: a shift is not less than the new magnitude bits; ChannelCountMismatch.</exception>
    public (FixedPoint Result, ScalarOrVector<int> Shift) Rescale(ScalarOrVector<int> fracBits, int? valueBits = null)
    {
        int newValueBits = valueBits ?? ValueBits;
        ScalarOrVector<int> shift = ChannelWise.Combine(fracBits, FracBits, (to, from) => to - from);
        Assertions.ShiftsBelow(shift, newValueBits);
        NdArray<long> shifted = ReferenceChannels.Map(Values, shift, IsDepthwiseKernel, Rounding.ShiftRound);
        return (new FixedPoint(shifted, newValueBits, fracBits), shift);
    }

    /// <summary>Adds fractional bits; as <see cref="Rescale"/>.</summary>
    /// <exception cref="QuantException">AssertionUpscale: a channel would lose fractional bits; those of <see cref="Rescale"/>.</exception>
    public (FixedPoint Result, ScalarOrVector<int> Shift) Upscale(ScalarOrVector<int> fracBits, int? valueBits = null)
    {
        if (ChannelWise.Combine(FracBits, fracBits, (from, to) => from > to).Span.Contains(true))
        {
            throw Assertions.Failed("AssertionUpscale", "Upscaling cannot remove fractional bits. Use Rescale or Downscale.");
        }

        return Rescale(fracBits, valueBits);
    }

    /// <summary>Removes fractional bits; as <see cref="Rescale"/>.</summary>
    /// <exception cref="QuantException">
    /// AssertionDownscale: a channel would gain fractional bits; those of <see cref="Rescale"/>.
    /// </exception>
    public (FixedPoint Result, ScalarOrVector<int> Shift) Downscale(ScalarOrVector<int> fracBits)
    {
        if (ChannelWise.Combine(FracBits, fracBits, (from, to) => from < to).Span.Contains(true))
        {
            throw Assertions.Failed("AssertionDownscale", "Downscaling cannot add fractional bits. Use Rescale or Upscale.");
        }

        return Rescale(fracBits);
    }

    /// <summary>Brings every channel to the most fractional bits of any: the result is per-tensor.</summary>
    /// <exception cref="QuantException">PromotionNarrows; AssertionShift.</exception>
    public (FixedPoint Result, ScalarOrVector<int> Shift) Expand(int valueBits) =>
        valueBits >= ValueBits
            ? Upscale(ScalarOrVector<int>.Scalar(FracBits.Max()), valueBits)
            : throw Assertions.Failed(
                "PromotionNarrows",
                $"A tensor of {ValueBits} value bits cannot be expanded to {valueBits}. Give at least as many as it has.");

    /// <summary>Brings every channel to the greater fractional bits of both tensors.</summary>
    /// <exception cref="QuantException">AssertionShift; ChannelCountMismatch.</exception>
    public (FixedPoint Result, ScalarOrVector<int> Shift) Align(FixedPoint other, int? valueBits = null) =>
        Upscale(ChannelWise.Combine(FracBits, other.FracBits, Math.Max), valueBits);

    /// <summary>Multiplies each integer by a power of two, rounding towards -infinity; the binary point stays.</summary>
    /// <param name="shifts">Positive to the left; of any shape that broadcasts against the values.</param>
    /// <exception cref="QuantException">ShapesDoNotBroadcast.</exception>
    public FixedPoint Shift(NdArray<int> shifts) =>
        new(ReferenceBroadcasting.Zip(Values, shifts, ReferenceRounding.ShiftFloor), ValueBits, FracBits);

    /// <summary>Divides by 2^<paramref name="shift"/> without touching an integer: the binary point moves.</summary>
    /// <exception cref="QuantException">
    /// AssertionShiftSign: a negative shift; AssertionShiftRank: shifts for channels on a per-tensor operand.
    /// </exception>
    public static FixedPoint operator >>(FixedPoint value, ScalarOrVector<int> shift)
    {
        RequireNotNegative(shift);
        if (!shift.IsScalar && value.FracBits.IsScalar)
        {
            throw Assertions.Failed("AssertionShiftRank", "A tensor with scalar fractional bits cannot be shifted by one value a channel.");
        }

        return new FixedPoint(value.Values, value.ValueBits, ChannelWise.Combine(value.FracBits, shift, (bits, by) => bits + by));
    }

    /// <inheritdoc cref="op_RightShift(FixedPoint, ScalarOrVector{int})"/>
    public static FixedPoint operator >>(FixedPoint value, int shift) => value >> ScalarOrVector<int>.Scalar(shift);

    /// <summary>Multiplies the integers by 2^<paramref name="shift"/>, saturated; the binary point stays.</summary>
    /// <exception cref="QuantException">AssertionShiftSign: a negative shift; ChannelCountMismatch.</exception>
    public static FixedPoint operator <<(FixedPoint value, ScalarOrVector<int> shift)
    {
        RequireNotNegative(shift);
        return new FixedPoint(
            ReferenceChannels.Map(value.Values, shift, value.IsDepthwiseKernel, ReferenceRounding.ShiftFloor),
            value.ValueBits,
            value.FracBits);
    }

    /// <inheritdoc cref="op_LeftShift(FixedPoint, ScalarOrVector{int})"/>
    public static FixedPoint operator <<(FixedPoint value, int shift) => value << ScalarOrVector<int>.Scalar(shift);

    private static void RequireNotNegative(ScalarOrVector<int> shift)
    {
        foreach (int value in shift.Span)
        {
            if (value < 0)
            {
                throw Assertions.Failed("AssertionShiftSign", $"A shift must not be negative, but it is {value}. Shift the other way.");
            }
        }
    }
}

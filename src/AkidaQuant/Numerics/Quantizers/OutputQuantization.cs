using System.Globalization;

namespace AkidaQuant.Numerics.Quantizers;

/// <summary>The integer output stage of a layer: multiply, saturate, shift with rounding, saturate (numerics.md 5.4).</summary>
/// <param name="Scales">The multipliers; null when the accumulator has no scales.</param>
/// <param name="Shift">The shifts, negative to the right.</param>
/// <param name="FracBits">Fractional bits of the output.</param>
/// <param name="ValueBits">Magnitude bits of the output.</param>
/// <param name="ScaledValueBits">Magnitude bits to which the product is saturated before the shift.</param>
public sealed record OutputStage(
    QuantizedScales? Scales,
    ScalarOrVector<int> Shift,
    ScalarOrVector<int> FracBits,
    int ValueBits,
    int ScaledValueBits);

/// <summary>Derives output stages from calibrated ranges (numerics.md 5.4).</summary>
public static class OutputQuantization
{
    /// <summary>
    /// Works out the multipliers and shifts of an output quantizer (numerics.md 5.4). A range far below one step of
    /// the accumulator takes a left shift that the reference refuses; here what lies beyond the range saturates, as
    /// everywhere.
    /// </summary>
    /// <param name="scales">The accumulator's scales; null for a FixedPoint.</param>
    /// <param name="fracBits">The accumulator's fractional bits.</param>
    /// <param name="inputValueBits">The accumulator's magnitude bits.</param>
    /// <param name="rangeMax">The calibrated range, of shape () or (channels).</param>
    /// <param name="rescalingRate">The equalization's rate, of shape () or (channels); applied to scales only.</param>
    /// <param name="bitwidth">Bits of the output, the sign included.</param>
    /// <param name="signed">Whether one bit is the sign.</param>
    /// <param name="scaleBits">Bits of the quantized scales.</param>
    /// <param name="bufferBitwidth">Magnitude bits of the scaled accumulator.</param>
    /// <param name="layerName">The layer, for messages.</param>
    /// <exception cref="QuantException">
    /// RangeNotUsable; OutputBufferTooNarrow: the accumulator is wider than <paramref name="bufferBitwidth"/>;
    /// NothingToReduce: the accumulator is no wider than the output; BitwidthOutOfRange, ScaleBitsOutOfRange, ScaleNotUsable,
    /// ChannelCountMismatch.
    /// </exception>
    public static OutputStage Derive(
        ScalarOrVector<float>? scales,
        ScalarOrVector<int> fracBits,
        int inputValueBits,
        NdArray<float> rangeMax,
        NdArray<float> rescalingRate,
        int bitwidth,
        bool signed,
        int scaleBits,
        int bufferBitwidth,
        string layerName)
    {
        try
        {
            return Derive(
                scales, fracBits, inputValueBits, ScalarOrVector<float>.From(rangeMax), ScalarOrVector<float>.From(rescalingRate),
                QuantizerBits.ValueBits(bitwidth, signed), scaleBits, bufferBitwidth);
        }
        catch (QuantException exception) when (exception.Target is null)
        {
            throw new QuantException(
                exception.Id,
                exception.Kind,
                $"Layer '{layerName}', output quantizer: {exception.Message}",
                layerName,
                exception);
        }
    }

    private static OutputStage Derive(
        ScalarOrVector<float>? scales,
        ScalarOrVector<int> fracBits,
        int inputValueBits,
        ScalarOrVector<float> rangeMax,
        ScalarOrVector<float> rescalingRate,
        int valueBits,
        int scaleBits,
        int bufferBitwidth)
    {
        QuantizedScales? quantized = null;
        if (scales is { } given)
        {
            if (inputValueBits > bufferBitwidth)
            {
                throw new QuantException(
                    "OutputBufferTooNarrow",
                    QuantErrorKind.InvalidArgument,
                    $"The accumulator has {inputValueBits} value bits, but its buffer_bitwidth is {bufferBitwidth}. Set output_quantizer.buffer_bitwidth to at least {inputValueBits}.");
            }

            quantized = ScaleQuantization.Quantize(ChannelWise.Combine(given, rescalingRate, (scale, rate) => scale * rate), scaleBits);
        }

        if (inputValueBits <= valueBits)
        {
            throw new QuantException(
                "NothingToReduce",
                QuantErrorKind.InvalidArgument,
                $"The accumulator has {inputValueBits} value bits and the output {valueBits}, so there is nothing to reduce. Use a smaller bitwidth, or more buffer_bits.");
        }

        ScalarOrVector<int> outputFracBits = rangeMax.Map(range => Rounding.MaxFracBits(valueBits, Usable(range)));
        ScalarOrVector<int> scaledFracBits = quantized is null
            ? fracBits
            : ChannelWise.Combine(fracBits, quantized.FracBits, (left, right) => left + right);
        ScalarOrVector<int> shift = ChannelWise.Combine(outputFracBits, scaledFracBits, (to, from) => to - from);
        return new OutputStage(quantized, shift, outputFracBits, valueBits, quantized is null ? inputValueBits : bufferBitwidth);
    }

    private static float Usable(float range) =>
        float.IsFinite(range) && range >= 0
            ? range
            : throw new QuantException(
                "RangeNotUsable",
                QuantErrorKind.InvalidData,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The calibrated range is {range}; it must be a finite number that is not negative. Calibrate again, with samples that give finite outputs."));
}

using System.Globalization;

namespace AkidaQuant.Numerics.Quantizers;

/// <summary>The integers of an input quantizer (numerics.md 6.1).</summary>
/// <param name="FracBits">Fractional bits, one for the tensor or one a channel.</param>
/// <param name="ZeroPoint">What is added to unsigned inputs; null for signed ones.</param>
/// <param name="ValueBits">Magnitude bits.</param>
public sealed record InputStage(ScalarOrVector<int> FracBits, ScalarOrVector<int>? ZeroPoint, int ValueBits);

/// <summary>Derives input stages from calibrated ranges (numerics.md 6.1).</summary>
public static class InputQuantization
{
    /// <summary>Works out the fractional bits and zero points of an input quantizer (numerics.md 6.1).</summary>
    /// <param name="rangeMin">The least input, of shape () or (channels).</param>
    /// <param name="rangeMax">The greatest input, of the same shape.</param>
    /// <param name="bitwidth">Bits, the sign included.</param>
    /// <param name="signed">Whether one bit is the sign.</param>
    /// <param name="layerName">The layer, for messages.</param>
    /// <exception cref="QuantException">
    /// AssertionRangeOrder: a minimum exceeds its maximum; AssertionRangeMinimum: unsigned inputs whose minimum is
    /// positive; RangeNotUsable: a range is infinite or not a number; BitwidthOutOfRange; ChannelCountMismatch.
    /// </exception>
    public static InputStage Derive(NdArray<float> rangeMin, NdArray<float> rangeMax, int bitwidth, bool signed, string layerName)
    {
        try
        {
            return Derive(ScalarOrVector<float>.From(rangeMin), ScalarOrVector<float>.From(rangeMax), bitwidth, signed);
        }
        catch (QuantException exception) when (exception.Target is null)
        {
            throw new QuantException(
                exception.Id,
                exception.Kind,
                $"Layer '{layerName}', input quantizer: {exception.Message}",
                layerName,
                exception);
        }
    }

    private static InputStage Derive(ScalarOrVector<float> rangeMin, ScalarOrVector<float> rangeMax, int bitwidth, bool signed)
    {
        int valueBits = QuantizerBits.ValueBits(bitwidth, signed);
        ScalarOrVector<float> magnitudes = ChannelWise.Combine(rangeMin, rangeMax, (min, max) => Magnitude(min, max, signed));
        ScalarOrVector<int> fracBits = magnitudes.Map(magnitude => Rounding.MaxFracBits(valueBits, magnitude));
        return signed
            ? new InputStage(fracBits, null, valueBits)
            : new InputStage(
                fracBits,
                ChannelWise.Combine(rangeMin, fracBits, (min, bits) => (int)Rounding.Quantize(-min, valueBits, bits)),
                valueBits);
    }

    private static float Magnitude(float min, float max, bool signed)
    {
        if (!float.IsFinite(max - min))
        {
            throw new QuantException(
                "RangeNotUsable",
                QuantErrorKind.InvalidData,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The calibrated range is from {min} to {max}; both must be finite. Calibrate again, with finite samples."));
        }

        if (min > max)
        {
            throw new QuantException(
                "AssertionRangeOrder",
                QuantErrorKind.InvalidData,
                string.Create(CultureInfo.InvariantCulture, $"The least input {min} exceeds the greatest {max}. Calibrate again."));
        }

        if (signed)
        {
            return Math.Max(Math.Abs(max), Math.Abs(min));
        }

        return min <= 0
            ? max - min
            : throw new QuantException(
                "AssertionRangeMinimum",
                QuantErrorKind.InvalidData,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Unsigned inputs need a range that includes zero, but the least input is {min}. Use a signed input type, or calibrate with samples that include zero."));
    }
}

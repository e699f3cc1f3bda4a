using AkidaQuant.Numerics;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Tests.Reference;

/// <summary>The stages of quantizers, one number at a time (numerics.md 5.4 and 6.1).</summary>
internal static class StageArithmetic
{
    /// <summary>
    /// The integer for one input of <paramref name="channel"/>: rounded half to even and saturated, then, for
    /// unsigned inputs, moved by the zero point and saturated again. Infinite inputs saturate.
    /// </summary>
    /// <exception cref="QuantException">ValueNotANumber.</exception>
    public static int Quantize(this InputStage stage, float x, int channel = 0)
    {
        long value = Rounding.Quantize(x, stage.ValueBits, stage.FracBits.At(channel));
        return (int)(stage.ZeroPoint is { } zero ? Rounding.Saturate(value + zero.At(channel), stage.ValueBits) : value);
    }

    /// <summary>The output for one accumulator of <paramref name="channel"/>, in exact integers.</summary>
    public static int Apply(this OutputStage stage, long accumulator, int channel)
    {
        int mantissa = stage.Scales is { } scales ? scales.Mantissas.At(channel) : 1;
        long scaled = Rounding.Saturate((Int128)accumulator * mantissa, stage.ScaledValueBits);
        return (int)Rounding.Saturate(Rounding.ShiftRound(scaled, stage.Shift.At(channel)), stage.ValueBits);
    }
}

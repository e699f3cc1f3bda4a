using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>
/// The gradient of an output quantizer, rounding taken as if it were not there. What came in is not kept: at a bound of the range, where
/// half of what rounds to it lies beyond, half of the gradient passes.
/// </summary>
internal static class QuantizerGradient
{
    /// <summary>Turns the gradient by what a quantizer gave into that by what it took.</summary>
    /// <param name="quantizer">The quantizer.</param>
    /// <param name="spec">What it gives.</param>
    /// <param name="values">The real values that it gave.</param>
    /// <param name="gradient">By them; by what came in afterwards.</param>
    public static void Apply(OutputQuantizer quantizer, QuantizedSpec spec, ReadOnlySpan<float> values, Span<float> gradient)
    {
        float[] steps = GradientFrame.StepsOf(spec);
        ScalarOrVector<float> rates = ScalarOrVector<float>.From(quantizer.RescalingRate);
        for (int channel = 0; channel < steps.Length; channel++)
        {
            float greatest = steps[channel] * ((1L << quantizer.ValueBits) - 1);
            float least = -steps[channel] * (1L << quantizer.ValueBits);
            float rate = rates.Count == 1 ? rates.Span[0] : rates[channel];
            for (int i = channel; i < values.Length; i += steps.Length)
            {
                ref float by = ref gradient[i];
                by *= values[i] >= greatest || values[i] <= least ? rate / 2 : rate;
            }
        }
    }
}

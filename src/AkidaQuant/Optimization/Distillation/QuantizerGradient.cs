using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>
/// The gradient of an output quantizer: it passes where what came in rounds to an integer of the range, as if there were no rounding,
/// and not where it lies beyond.
/// </summary>
internal static class QuantizerGradient
{
    /// <summary>Turns the gradient by what a quantizer gave into that by what it took.</summary>
    /// <param name="quantizer">The quantizer.</param>
    /// <param name="spec">What it gives.</param>
    /// <param name="values">The real values that it took.</param>
    /// <param name="gradient">By what it gave; by what it took afterwards.</param>
    public static void Apply(OutputQuantizer quantizer, QuantizedSpec spec, ReadOnlySpan<float> values, Span<float> gradient)
    {
        float[] steps = GradientFrame.StepsOf(spec);
        ScalarOrVector<float> rates = ScalarOrVector<float>.From(quantizer.RescalingRate);
        for (int channel = 0; channel < steps.Length; channel++)
        {
            float rate = rates.Count == 1 ? rates.Span[0] : rates[channel];
            float greatest = steps[channel] * ((1L << quantizer.ValueBits) - 0.5f) / rate;
            float least = -steps[channel] * ((1L << quantizer.ValueBits) + 0.5f) / rate;
            for (int i = channel; i < values.Length; i += steps.Length)
            {
                gradient[i] *= values[i] > least && values[i] < greatest ? rate : 0;
            }
        }
    }
}

using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Numerics;

namespace AkidaQuant.Checks;

/// <summary>
/// What the integers of a layer stand for in the float network: dequantized, equalization undone, zero points taken off
/// (tools.md 2.3, steps 4, 5 and 7).
/// </summary>
/// <param name="Steps">The real value of one integer, one a channel.</param>
/// <param name="Offsets">What is taken off, one a channel; null for nothing.</param>
/// <param name="Bounds">The integers at which the layer saturates; null for floats.</param>
internal sealed record RealValues(float[] Steps, float[]? Offsets, ValueRange? Bounds)
{
    /// <summary>The real values of what a layer of a model gives.</summary>
    /// <param name="model">The quantized model.</param>
    /// <param name="layer">The name of the layer.</param>
    public static RealValues Of(Model model, string layer)
    {
        PlanStep<Node> step = model.Plan[layer];
        int channels = step.Prepared.Output.Shape.Channels;
        if (step.Prepared.Output is not QuantizedSpec spec)
        {
            return new RealValues(Filled(channels, 1f), null, null);
        }

        float[] steps = new float[channels];
        ScalarOrVector<float> factors = model.Domains[layer];
        for (int i = 0; i < channels; i++)
        {
            float scale = spec.Scales is { } scales ? scales.At(i % scales.Count) : 1f;
            steps[i] = MathF.ScaleB(1f, -spec.FracBits.At(i % spec.FracBits.Count)) * scale / factors[i % factors.Count];
        }

        return new RealValues(steps, ZeroPoints(step, channels), ValueRange.OfBits(spec.ValueBits));
    }

    private static float[]? ZeroPoints(PlanStep<Node> step, int channels)
    {
        if (step.Node.Layer is not InputQuantizer || step.Prepared.Recorded.Tensor("zero_points") is not { } zeroPoints)
        {
            return null;
        }

        float[] offsets = new float[channels];
        for (int i = 0; i < channels; i++)
        {
            long[] values = zeroPoints.Values.Values;
            offsets[i] = MathF.ScaleB(values[i % values.Length], -zeroPoints.FracBits.At(i % zeroPoints.FracBits.Count));
        }

        return offsets;
    }

    private static float[] Filled(int count, float value)
    {
        float[] values = new float[count];
        Array.Fill(values, value);
        return values;
    }
}

using AkidaQuant.Models;
using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Vectors;

/// <summary>Differences of final outputs, in steps of the last tensor of integers.</summary>
public static class OutputSteps
{
    /// <summary>The largest difference from the recorded outputs of the reference.</summary>
    public static float Largest(VectorCase vectors, Model model)
    {
        float[] expected = vectors.Arrays("outputs.npz")["quantized"].ToSingles().Values;
        return Largest(model, Outputs(vectors, model), expected);
    }

    /// <summary>The largest difference between two outputs of a model, or of two whose last scales are nearly the same.</summary>
    public static float Largest(Model model, float[] actual, float[] expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        QuantizedSpec last = model.Plan.Steps.Select(step => step.Prepared.Output).OfType<QuantizedSpec>().Last();
        float largest = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            int channel = i % last.Shape.Channels;
            float step = Rounding.Pow2(-last.FracBits[last.FracBits.Count == 1 ? 0 : channel]) * (last.Scales?[channel] ?? 1f);
            largest = Math.Max(largest, MathF.Abs(actual[i] - expected[i]) / step);
        }

        return largest;
    }

    /// <summary>
    /// The outputs for all inputs of a case in order, from a reset state; a model that keeps state has the streams of
    /// <c>layers.npz</c>.
    /// </summary>
    public static float[] Outputs(VectorCase vectors, Model model) =>
        Outputs(model, vectors.Samples("inputs.npz"), model.IsStateful ? vectors.LayerBatch : null);

    /// <summary>All outputs for the samples.</summary>
    public static float[] Outputs(Model model, SampleSet samples, int? batchSize = null) =>
        [
            .. Inference.Run(model, samples, batchSize, cancellation: TestContext.Current.CancellationToken)
                .SelectMany(batch => batch.Values),
        ];
}

using System.Globalization;
using System.Runtime.CompilerServices;
using AkidaQuant.Execution;

namespace AkidaQuant;

/// <summary>What a model says of one sample.</summary>
/// <param name="Index">The position of the sample in its set.</param>
/// <param name="Name">The name of the sample, where it has one.</param>
/// <param name="Label">The expected class, where it is known.</param>
/// <param name="Class">The index of the greatest output, the first of equal ones; null when the output is not one row.</param>
/// <param name="Score">The greatest output.</param>
/// <param name="Output">All outputs, row-major.</param>
public record Prediction(int Index, string? Name, int? Label, int? Class, float? Score, ValueList<float> Output)
{
    /// <summary>The best classes with their scores, the best first; empty unless they were asked for (<see cref="ClassChoice"/>).</summary>
    public ValueList<ClassScore> Ranking { get; init; } = [];

    /// <summary>The predictions for one batch of outputs.</summary>
    public static IEnumerable<Prediction> From(OutputBatch batch, Shape output, SampleSet samples)
    {
        int size = output.Size;
        bool isRow = size == output.Channels;
        for (int i = 0; i < batch.Count; i++)
        {
            float[] values = batch.Values[(i * size)..((i + 1) * size)];
            int index = batch.Start + i;
            int best = IndexOfGreatest(values);
            yield return new Prediction(
                index, samples.Names?[index], samples.Labels?[index], isRow ? best : null, isRow ? values[best] : null, values);
        }
    }

    /// <summary>The predictions for one batch of all tensors that a model gives, those of a sample one behind the other.</summary>
    /// <param name="batch">The outputs.</param>
    /// <param name="outputs">What the model gives: one tensor, or several.</param>
    /// <param name="samples">The samples.</param>
    public static IEnumerable<Prediction> From(OutputBatch batch, IReadOnlyList<PlanOutput> outputs, SampleSet samples) =>
        outputs.Count == 1 ? From(batch, outputs[0].Shape, samples) : MultiPrediction.Split(batch, outputs, samples);

    /// <summary>The sample and its class with the score: <c>sample 7: class 3 (0.98)</c>.</summary>
    public override string ToString() => Printable.Of(string.Create(
        CultureInfo.InvariantCulture,
        $"{Name ?? $"sample {Index}"}: {Said}"));

    private string Said => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Score is null ? $"{Output.Count} outputs" : Class is null ? $"no class ({Score:G6})" : $"class {Class} ({Score:G6})")}");

    /// <summary>The first NaN, or the first of the greatest values, 0 being greater than -0: what TensorPrimitives finds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int IndexOfGreatest(ReadOnlySpan<float> values)
    {
        int best = values.IsEmpty ? -1 : 0;
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            if (float.IsNaN(value))
            {
                return i;
            }

            if (value > values[best] || (value == values[best] && float.IsNegative(values[best]) && !float.IsNegative(value)))
            {
                best = i;
            }
        }

        return best;
    }
}

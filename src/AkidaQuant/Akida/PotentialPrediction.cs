using System.Globalization;
using System.Numerics.Tensors;
using AkidaQuant.Akida;

namespace AkidaQuant;

/// <summary>What an Akida model says of one sample in its own integers, before they become real numbers.</summary>
/// <param name="Index">The position of the sample in its set.</param>
/// <param name="Name">The name of the sample, where it has one.</param>
/// <param name="Label">The expected class, where it is known.</param>
/// <param name="Class">The index of the greatest potential, the first of equal ones; null when the output is not one row.</param>
/// <param name="Score">The greatest potential.</param>
/// <param name="Output">All potentials, row-major.</param>
public sealed record PotentialPrediction(int Index, string? Name, int? Label, int? Class, int? Score, ValueList<int> Output)
{
    /// <summary>The best classes with their scores, the best first; empty unless they were asked for (<see cref="ClassChoice"/>).</summary>
    public ValueList<ClassScore> Ranking { get; init; } = [];

    /// <summary>The sample and its class with the score: <c>sample 7: class 3 (1480)</c>.</summary>
    public override string ToString() => Printable.Of(string.Create(
        CultureInfo.InvariantCulture,
        $"{Name ?? $"sample {Index}"}: {Said}"));

    private string Said => Score is null ? $"{Output.Count} outputs" : Class is null ? $"no class ({Score})" : $"class {Class} ({Score})";

    /// <summary>This prediction with the class that is chosen. One without a score stays as it is.</summary>
    public PotentialPrediction Choose(ClassChoice choice)
    {
        ArgumentNullException.ThrowIfNull(choice);
        return this is { Class: { } neuron, Score: { } score }
            ? this with
            {
                Class = choice.ClassOf(neuron, Output.Count, score),
                Ranking = choice.Ranking(Output.Select(value => (double)value)),
            }
            : this;
    }

    /// <summary>The predictions for one batch of potentials.</summary>
    public static IEnumerable<PotentialPrediction> From(PotentialBatch batch, Shape output, SampleSet samples)
    {
        int size = output.Size;
        bool isRow = size == output.Channels;
        for (int i = 0; i < batch.Count; i++)
        {
            int[] values = batch.Values[(i * size)..((i + 1) * size)];
            int index = batch.Start + i;
            int best = TensorPrimitives.IndexOfMax<int>(values);
            yield return new PotentialPrediction(
                index, samples.Names?[index], samples.Labels?[index], isRow ? best : null, isRow ? values[best] : null, values);
        }
    }
}

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
    /// <summary>The sample and its class with the score: <c>sample 7: class 3 (1480)</c>.</summary>
    public override string ToString() => Printable.Of(string.Create(
        CultureInfo.InvariantCulture,
        $"{Name ?? $"sample {Index}"}: {(Class is null ? $"{Output.Count} outputs" : $"class {Class} ({Score})")}"));

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

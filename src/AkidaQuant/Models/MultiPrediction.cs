using AkidaQuant.Execution;
using AkidaQuant.Models;

namespace AkidaQuant;

/// <summary>
/// What a model of several outputs says of one sample. Class, score and <see cref="Prediction.Output"/> are those of the first.
/// </summary>
public sealed record MultiPrediction : Prediction
{
    private MultiPrediction(Prediction first, LayerDictionary<NdArray<float>> outputs)
        : base(first) => Outputs = outputs;

    /// <summary>All outputs by the names of the layers that give them.</summary>
    public LayerDictionary<NdArray<float>> Outputs { get; }

    /// <summary>The sample, and the outputs that it has.</summary>
    public override string ToString() =>
        Printable.Of($"{base.ToString()}, {Outputs.Count} outputs: {string.Join(", ", Outputs.Keys)}");

    internal static IEnumerable<Prediction> Split(OutputBatch batch, IReadOnlyList<PlanOutput> outputs, SampleSet samples)
    {
        int at = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            List<KeyValuePair<string, NdArray<float>>> all = [];
            foreach (PlanOutput output in outputs)
            {
                all.Add(new(output.Name, new NdArray<float>(output.Shape, batch.Values[at..(at + output.Shape.Size)])));
                at += output.Shape.Size;
            }

            OutputBatch first = new(batch.Start + i, 1, all[0].Value.Values);
            yield return new MultiPrediction(
                From(first, outputs[0].Shape, samples).Single(), new LayerDictionary<NdArray<float>>(all));
        }
    }
}

using AkidaQuant.Formats.Npz;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Vectors;

/// <summary>The three levels at which every case must equal the reference.</summary>
public sealed class KerasVectorTests(ResultTable table) : IClassFixture<ResultTable>
{
    public static TheoryData<string> Cases => VectorCase.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_quantized_file_of_the_reference_runs_to_its_integers(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model model = vectors.ReadModel("quantized.h5");
        Comparison comparison = new();
        comparison.Variables(model, vectors.Arrays("variables.npz"));
        CompareLayers(vectors, model, comparison);
        CompareOutputs(vectors, model, comparison);
        Assert.Equal(vectors.Text("summary_quantized.txt"), new ModelSummary(model).ToString());
        table.Add(name, "1 run", comparison.Compared, comparison.Different);
        Assert.True(comparison.Different == 0, comparison.Details);
        Assert.True(comparison.Compared > 0);
    }

    private static void CompareLayers(VectorCase vectors, Model model, Comparison comparison)
    {
        IReadOnlyDictionary<string, NpyArray> expected = vectors.Arrays("layers.npz");
        SampleSet inputs = vectors.Samples("inputs.npz");
        ExecutionPlan plan = model.Plan;
        int batch = expected.Values.First(array => array.Shape.Rank > 1).Shape[0];
        PlanRunner runner = new(plan, batch);
        SampleInput.Load(inputs, 0, batch, runner.Input, model.Input.Type, model.Name);
        runner.Run(batch);
        foreach ((string key, NpyArray value) in expected)
        {
            int bar = key.LastIndexOf('|');
            string layer = bar < 0 ? key : key[..bar];
            int step = plan.Position(layer);
            switch (bar < 0 ? "float" : key[(bar + 1)..])
            {
                case "values":
                    var data = (IntegerData)runner[step];
                    long[] integers = new long[batch * data.SampleSize];
                    data.CopyTo(integers, batch);
                    comparison.Integers(key, integers, value.ToInt32().Values);
                    break;
                case "float":
                    CompareFloats(key, plan, layer, ((FloatData)runner[step]).Values(batch), value.ToSingles().Values, comparison);
                    break;
                case "frac_bits":
                    comparison.Integers(key, Array.ConvertAll(Spec(plan, step).FracBits.Span.ToArray(), bits => (long)bits), value.ToInt32().Values);
                    break;
                case "value_bits":
                    comparison.Integers(key, [Spec(plan, step).ValueBits], value.ToInt32().Values);
                    break;
                default:
                    comparison.Floats(key, Spec(plan, step).Scales!.Value.Span, value.ToSingles().Values);
                    break;
            }
        }
    }

    private static void CompareOutputs(VectorCase vectors, Model model, Comparison comparison)
    {
        SampleSet inputs = vectors.Samples("inputs.npz");
        NpyArray expected = vectors.Arrays("outputs.npz")["quantized"];
        float[] actual = [.. Inference.Run(model, inputs, cancellation: TestContext.Current.CancellationToken).SelectMany(batch => batch.Values)];
        CompareFloats("outputs", model.Plan, model.Outputs[0], actual, expected.ToSingles().Values, comparison);
    }

    /// <summary>What a Dequantizer gives is exact; float layers behind it agree within float rounding.</summary>
    private static void CompareFloats(
        string key, ExecutionPlan plan, string layer, ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, Comparison comparison)
    {
        if (plan[layer].Node.Layer is Dequantizer)
        {
            comparison.Floats(key, actual, expected);
            return;
        }

        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.True(MathF.Abs(actual[i] - expected[i]) <= 1e-5f * MathF.Max(1, MathF.Abs(expected[i])), $"{key}[{i}]: {actual[i]} instead of {expected[i]}");
        }
    }

    private static QuantizedSpec Spec(ExecutionPlan plan, int step) => (QuantizedSpec)plan.Steps[step].Prepared.Output;
}

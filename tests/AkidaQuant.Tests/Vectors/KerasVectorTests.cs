using System.Globalization;
using AkidaQuant.Execution;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Vectors;

/// <summary>The three levels at which every case must equal the reference.</summary>
public sealed class KerasVectorTests(ResultTable table, CheckReport checks)
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
        table.Add(name, "1 run", comparison);
        Assert.True(comparison.IsExact, comparison.Details);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_float_model_quantizes_with_the_ranges_of_the_reference_to_its_variables(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model reference = vectors.ReadModel("quantized.h5");
        (Model floating, float change) = ReferenceRewriting.Of(vectors, vectors.ReadModel("float.h5"), reference);
        Model model = Quantizer.Quantize(floating, vectors.Options(reference) with { Ranges = ReferenceRanges.Of(reference) });
        Comparison comparison = new();
        comparison.Variables(model, vectors.Arrays("variables.npz"));
        CompareOutputs(vectors, model, comparison);
        table.Add(name, "2 ranges", comparison, Note(change));
        Assert.True(comparison.IsExact, comparison.Details);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_float_model_quantizes_from_the_samples_to_the_ranges_configuration_and_summary(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model floating = vectors.ReadModel("float.h5");
        Assert.Equal(vectors.Text("summary_float.txt"), new ModelSummary(floating).ToString());
        Model reference = vectors.ReadModel("quantized.h5");
        (Model source, float change) = ReferenceRewriting.Of(vectors, floating, reference);
        List<string> warnings = [];
        Model model = Quantizer.Quantize(source, vectors.Options(reference) with
        {
            Samples = vectors.Samples("samples.npz"),
            Warning = warnings.Add,
            Cancellation = TestContext.Current.CancellationToken,
        });
        checks.Add($"keras/{name}", model, warnings);
        Assert.Equal(vectors.Text("config.json"), QuantConfigFile.ToJson(Quantizer.Configuration(model)));
        Assert.Equal(vectors.Text("summary_quantized.txt"), new ModelSummary(model).ToString());
        float worst = WorstRange(model, reference);
        Assert.InRange(worst, 0f, 1e-5f);

        Comparison comparison = new();
        comparison.Variables(model, vectors.Arrays("variables.npz"));
        float steps = OutputSteps.Largest(vectors, model);
        table.Add(
            name,
            "3 samples",
            comparison,
            string.Create(CultureInfo.InvariantCulture, $"ranges within {worst:0.0e+0}, outputs within {steps:0.000} steps{Note(change)}"));
        Assert.InRange(steps, 0f, 1f);
        Assert.True(comparison.Different <= comparison.Compared / 100, comparison.Details);
    }

    private static string Note(float change) => change == 0 ? string.Empty : string.Create(
        CultureInfo.InvariantCulture, $" (with the reference's rewrite, which changes outputs by {change:0.0} of the greatest)");

    /// <summary>The largest relative difference of a calibrated range.</summary>
    private static float WorstRange(Model model, Model reference)
    {
        float worst = 0;
        foreach ((Layer actual, Layer expected) in model.GraphLayers.Zip(reference.GraphLayers))
        {
            switch (actual, expected)
            {
                case (InputQuantizer a, InputQuantizer e):
                    worst = Math.Max(
                        worst,
                        Math.Max(Worst(a.RangeMin.Values, e.RangeMin.Values), Worst(a.RangeMax.Values, e.RangeMax.Values)));
                    break;
                case (QuantizedLayer { OutputQuantizer: { } a }, QuantizedLayer { OutputQuantizer: { } e }):
                    worst = Math.Max(worst, Worst(Calibrated(a), Calibrated(e)));
                    break;
            }
        }

        return worst;
    }

    private static float[] Calibrated(OutputQuantizer quantizer) =>
        [.. quantizer.RangeMax.Values.Zip(quantizer.RescalingRate.Values, (range, rate) => range / rate)];

    private static float Worst(float[] actual, float[] expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        return actual.Zip(expected, (a, e) => a == e ? 0 : MathF.Abs(a - e) / MathF.Max(MathF.Abs(a), MathF.Abs(e))).Max();
    }

    private static void CompareLayers(VectorCase vectors, Model model, Comparison comparison)
    {
        IReadOnlyDictionary<string, NpyArray> expected = vectors.Arrays("layers.npz");
        SampleSet inputs = vectors.Samples("inputs.npz");
        ExecutionPlan<Node> plan = model.Plan;
        int batch = vectors.LayerBatch;
        PlanRunner runner = new(plan, batch);
        SampleInput.Load(inputs, 0, batch, runner.Input, model.Input.Integers, model.Name);
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
                    comparison.Integers(
                        key,
                        Array.ConvertAll(Spec(plan, step).FracBits.Span.ToArray(), bits => (long)bits),
                        value.ToInt32().Values);
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
        NpyArray expected = vectors.Arrays("outputs.npz")["quantized"];
        float[] actual = OutputSteps.Outputs(vectors, model);
        CompareFloats("outputs", model.Plan, model.Outputs[0], actual, expected.ToSingles().Values, comparison);
    }

    /// <summary>What a Dequantizer gives is exact; float layers behind it agree within float rounding.</summary>
    private static void CompareFloats(
        string key, ExecutionPlan<Node> plan, string layer, ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, Comparison comparison)
    {
        if (plan[layer].Node.Layer is Dequantizer)
        {
            comparison.Floats(key, actual, expected);
            return;
        }

        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.True(
                MathF.Abs(actual[i] - expected[i]) <= 1e-5f * MathF.Max(1, MathF.Abs(expected[i])),
                $"{key}[{i}]: {actual[i]} instead of {expected[i]}");
        }
    }

    private static QuantizedSpec Spec(ExecutionPlan<Node> plan, int step) => (QuantizedSpec)plan.Steps[step].Prepared.Output;
}

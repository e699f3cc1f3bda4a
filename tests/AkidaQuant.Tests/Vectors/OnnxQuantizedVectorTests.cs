using System.Globalization;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;
using AkidaQuant.Tests.Akida;
using AkidaQuant.Tests.Formats.Onnx;

namespace AkidaQuant.Tests.Vectors;

/// <summary>The reference's quantized ONNX files: every tensor of the graph, every output, and the emulator.</summary>
public sealed class OnnxQuantizedVectorTests(ResultTable table)
{
    private const string BenchmarkSuffix = "_quantizeml.onnx";

    /// <summary>
    /// Name, file and samples of every quantized network: of the vectors, and of the folder that <c>AKIDAQUANT_BENCH</c> names,
    /// where it does: <c>name_quantizeml.onnx</c> with <c>name_inputs.npz</c>.
    /// </summary>
    public static TheoryData<string, string, string> Files
    {
        get
        {
            TheoryData<string, string, string> files = [];
            foreach (
                string name in Directory
                    .GetDirectories(Repository.PathOf("tests/vectors/onnx"))
                    .Select(folder => Path.GetFileName(folder)!)
                    .Order(StringComparer.Ordinal))
            {
                files.Add($"onnx/{name}", $"tests/vectors/onnx/{name}/quantized.onnx", $"tests/vectors/onnx/{name}/inputs.npz");
            }

            if (Environment.GetEnvironmentVariable("AKIDAQUANT_BENCH") is { Length: > 0 } folder)
            {
                foreach (string path in Directory.GetFiles(folder, "*" + BenchmarkSuffix).Order(StringComparer.Ordinal))
                {
                    files.Add(
                        $"bench/{Path.GetFileName(path)[..^BenchmarkSuffix.Length]}",
                        path,
                        $"{path[..^BenchmarkSuffix.Length]}_inputs.npz");
                }
            }

            return files;
        }
    }

    public static TheoryData<string> Cases =>
        [
            .. Directory
                .GetDirectories(Repository.PathOf("tests/vectors/onnx"))
                .Select(folder => Path.GetFileName(folder)!)
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_quantized_file_of_the_reference_runs_to_its_integers(string name)
    {
        string folder = Repository.PathOf($"tests/vectors/onnx/{name}");
        OnnxQuantizedCase quantized = new(Path.Combine(folder, "quantized.onnx"));
        SampleSet inputs = SampleReader.Read(Path.Combine(folder, "inputs.npz"));
        Comparison comparison = new();
        IReadOnlyDictionary<string, NpyArray> layers = NpzReader.ReadAll(Path.Combine(folder, "layers.npz"));
        int batch = layers.Values.First().Shape[0];
        PlanRunner runner = quantized.Run(inputs, 0, batch);
        int compared = 0;
        foreach ((string tensor, NpyArray expected) in layers)
        {
            if (quantized.Find(tensor) is { } step)
            {
                OnnxQuantizedCase.Compare(tensor, runner, quantized.Model, step, expected, batch, comparison);
                compared++;
            }
        }

        float[] outputs = NpzReader.ReadAll(Path.Combine(folder, "outputs.npz"))["quantized"].ToSingles().Values;
        float[] actual =
        [
            .. Inference
                .Run(quantized.Model, inputs, cancellation: TestContext.Current.CancellationToken)
                .SelectMany(result => result.Values),
        ];
        float difference = OnnxComparison.LargestDifference(outputs, actual);
        if (quantized.Model[quantized.Model.Outputs[0]].Layer is Dequantizer)
        {
            comparison.Floats("outputs", actual, outputs);
        }

        table.Add(
            $"onnx/{name}",
            "1 run",
            comparison,
            string.Create(CultureInfo.InvariantCulture, $"{compared} of {layers.Count} tensors, outputs within {difference:0.0e+0}"));
        Assert.True(comparison.IsExact, comparison.Details);
        Assert.InRange(difference, 0, OnnxComparison.Tolerance);
        Assert.True(comparison.Compared > 0);
        Assert.Equal(layers.Count, compared);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_emulator_equals_the_quantized_file_as_far_as_it_is_quantized(string name, string file, string inputs)
    {
        Model quantized = ModelReader.Read(Path.Combine(Repository.Root, file));
        List<string> warnings = [];
        AkidaModel model = AkidaConverter.Convert(quantized, AkidaVersion.V2, warnings.Add);
        EmulatorComparison comparison = EmulatorComparison.Run(quantized, model, SampleReader.Read(Path.Combine(Repository.Root, inputs)));
        Comparison counts = new();
        counts.Count(comparison.Potentials, comparison.DifferentPotentials);
        table.Add(name, "4 akida", counts, string.Join("; ", warnings));
        Assert.True(comparison.Potentials > 0);
        Assert.Equal(0, comparison.DifferentPotentials);
        Assert.Equal(0, comparison.DifferentFloats);
        Assert.Equal(
            quantized.GraphLayers.TakeWhile(layer => layer is not Dequantizer).Count(layer => layer is IntegerLayer) + 1,
            model.Layers.Count(layer => layer is not AkidaInputData));
    }
}

using System.Globalization;
using System.Text.Json;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Analysis;
using AkidaQuant.Execution;
using AkidaQuant.Formats;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Vectors;

/// <summary>Float networks from PyTorch, quantized here with the samples of the reference: accuracy, integers only, and Akida.</summary>
public sealed class OnnxQuantizationTests(OnnxReport report, CheckReport checks)
{
    private const string Heading = "Quantized here from the samples of the reference, weights/activations: accuracy";

    private static readonly (int Weights, int Activations)[] Schemes = [(8, 8), (4, 8), (4, 4)];

    /// <summary>The networks with labels.</summary>
    public static TheoryData<string> Labelled =>
        [
            .. Directory
                .GetFiles(Repository.PathOf("tests/vectors/onnx"), "float*.onnx", new EnumerationOptions { RecurseSubdirectories = true })
                .Where(path => File.Exists(Beside(path, "accuracy.json")))
                .Select(path => Path.GetRelativePath(Repository.PathOf("tests/vectors/onnx"), path))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Labelled))]
    public void A_network_of_digits_is_integers_only_and_as_accurate_as_the_reference_makes_it(string file)
    {
        string path = Repository.PathOf($"tests/vectors/onnx/{file}");
        Model floating = ModelReader.Read(path);
        SampleSet samples = SampleReader.Read(Beside(path, "samples.npz"));
        SampleSet inputs = SampleReader.Read(Beside(path, "inputs.npz"));
        JsonElement reference = JsonDocument.Parse(File.ReadAllText(Beside(path, "accuracy.json"))).RootElement;
        List<string> parts = [];
        foreach ((int weights, int activations) in Schemes)
        {
            Model quantized = Quantize(floating, path, samples, weights, activations);
            Assert.All(quantized.GraphLayers, layer =>
                Assert.True(
                    layer is QuantizedLayer or InputLayer or InputQuantizer or Dequantizer,
                    $"'{layer.Name}' ({layer.ClassName}) is float."));
            double accuracy = Measurement.Run(quantized, inputs, cancellation: TestContext.Current.CancellationToken).Accuracy!.Value;
            AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
            float[] expected = Outputs(Inference.Run(quantized, inputs, cancellation: TestContext.Current.CancellationToken));
            Assert.Equal(expected, Outputs(Emulator.Run(akida, inputs, cancellation: TestContext.Current.CancellationToken)));
            parts.Add(Percent($"{weights}/{activations}", accuracy));
            if (weights == 8)
            {
                Assert.True(
                    accuracy >= reference.GetProperty("quantized").GetDouble(),
                    $"{accuracy} is below the reference's {reference.GetProperty("quantized")}.");
            }
        }

        report.Add(
            Heading,
            $"{file, -40} {string.Join(", ", parts)}; reference {Percent("float", reference.GetProperty("float").GetDouble())}, {Percent("8/8", reference.GetProperty("quantized").GetDouble())}");
    }

    [Theory]
    [InlineData("digits_resnet/float.onnx", "digits_resnet/float_dynamo.onnx")]
    [InlineData("digits_convnet/float.onnx", "digits_convnet_dynamo/float.onnx")]
    public void Both_exporters_give_the_same_integers(string older, string current)
    {
        SampleSet samples = SampleReader.Read(Beside(Repository.PathOf($"tests/vectors/onnx/{older}"), "samples.npz"));
        foreach ((int weights, int activations) in Schemes)
        {
            Model[] models = [.. ((string[])[older, current]).Select(file =>
            {
                string path = Repository.PathOf($"tests/vectors/onnx/{file}");
                return Quantize(ModelReader.Read(path), path, samples, weights, activations);
            })];
            Assert.Equal(models[0].Nodes.Count, models[1].Nodes.Count);
            Assert.Equal(Integers(models[0]), Integers(models[1]));
            Assert.Equal(Potentials(models[0], samples), Potentials(models[1], samples));
        }
    }

    private Model Quantize(Model floating, string path, SampleSet samples, int weights, int activations)
    {
        JsonElement options = JsonDocument.Parse(File.ReadAllText(Beside(path, "options.json"))).RootElement;
        JsonElement given = options.GetProperty("qparams");
        List<string> warnings = [];
        Model quantized = Quantizer.Quantize(
            floating,
            new QuantizeOptions
            {
                Warning = warnings.Add,
                Samples = samples,
                BatchSize = options.GetProperty("batch_size").GetInt32(),
                Parameters = new QuantizationParams
                {
                    WeightBits = weights,
                    InputWeightBits = weights,
                    ActivationBits = activations,
                    PerTensorActivations =
                        given.TryGetProperty("per_tensor_activations", out JsonElement perTensor) && perTensor.GetBoolean(),
                    InputType =
                        given.TryGetProperty("input_dtype", out JsonElement type) && type.GetString() == "int8"
                            ? IntegerType.Int8
                            : IntegerType.UInt8,
                },
                Cancellation = TestContext.Current.CancellationToken,
            });
        checks.Add($"{Path.GetRelativePath(Repository.PathOf("tests/vectors"), path)} {weights}/{activations}", quantized, warnings);
        return quantized;
    }

    /// <summary>All integers that quantization derived, layer by layer.</summary>
    private static List<string> Integers(Model model) =>
    [
        .. model.Plan.Steps.SelectMany(step => step.Prepared.Recorded).Select(pair => pair.Value switch
        {
            RecordedTensor tensor => $"{pair.Key}: {string.Join(' ', tensor.Values.Values)}",
            NdArray<int> integers => $"{pair.Key}: {string.Join(' ', integers.Values)}",
            _ => pair.Key,
        }),
    ];

    /// <summary>The integers before the last scale, which is a float and differs in its last bit as the exporters' weights do.</summary>
    private static int[] Potentials(Model model, SampleSet samples) =>
        [
            .. Emulator
                .RunPotentials(AkidaConverter.Convert(model, AkidaVersion.V2), samples, cancellation: TestContext.Current.CancellationToken)
                .SelectMany(batch => batch.Values),
        ];

    private static float[] Outputs(IEnumerable<OutputBatch> batches) => [.. batches.SelectMany(batch => batch.Values)];

    private static string Percent(string what, double share) => string.Create(CultureInfo.InvariantCulture, $"{what} {100 * share:0.0} %");

    private static string Beside(string path, string name) => Path.Combine(Path.GetDirectoryName(path)!, name);
}

using System.Globalization;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Models;
using AkidaQuant.Tests.Formats.Onnx;

namespace AkidaQuant.Tests.Vectors;

/// <summary>
/// Float networks that PyTorch's exporters wrote, against ONNX Runtime and what the reference recorded. A folder of more
/// networks, <c>name.onnx</c> with <c>name_inputs.npz</c>, is named by <c>AKIDAQUANT_BENCH</c>.
/// </summary>
public sealed class OnnxFloatVectorTests(OnnxReport report)
{
    /// <summary>The float networks: by both exporters where there are both.</summary>
    public static TheoryData<string> Files =>
        [
            .. Directory
                .GetFiles(Repository.PathOf("tests/vectors/onnx"), "float*.onnx", new EnumerationOptions { RecurseSubdirectories = true })
                .Select(path => Path.GetRelativePath(Repository.Root, path))
                .Concat(Benchmarks())
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_float_network_gives_what_ONNX_Runtime_and_the_reference_give(string file)
    {
        string path = Path.Combine(Repository.Root, file);
        string folder = Path.GetDirectoryName(path)!;
        string inputs = Path.Combine(folder, "inputs.npz");
        if (!File.Exists(inputs))
        {
            inputs = Path.ChangeExtension(path, null) + "_inputs.npz";
        }

        Model model = ModelReader.Read(path);
        float[] actual =
        [
            .. Inference
                .Run(model, SampleReader.Read(inputs), cancellation: TestContext.Current.CancellationToken)
                .SelectMany(batch => batch.Values),
        ];
        using OnnxOracle oracle = OnnxOracle.Open(path, optimize: true);
        float[] expected = oracle.Run(NpzReader.ReadAll(inputs)["inputs"].ToSingles().Values).Values;
        float fromOracle = OnnxComparison.LargestDifference(expected, actual);
        string outputs = Path.Combine(folder, "outputs.npz");
        float? fromReference = File.Exists(outputs)
            ? OnnxComparison.LargestDifference(NpzReader.ReadAll(outputs)["float"].ToSingles().Values, actual)
            : null;
        report.Add(
            "Float networks: largest difference relative to the greatest output",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{file}: {fromOracle:e2} to ONNX Runtime, {fromReference?.ToString("e2", CultureInfo.InvariantCulture) ?? "nothing recorded"} to the reference; {expected.Length} values, {model.Nodes.Count} layers"));
        Assert.InRange(fromOracle, 0, OnnxComparison.Tolerance);
        Assert.InRange(fromReference ?? 0, 0, OnnxComparison.Tolerance);
    }

    private static IEnumerable<string> Benchmarks() =>
        Environment.GetEnvironmentVariable("AKIDAQUANT_BENCH") is { Length: > 0 } folder
            ? Directory
                .GetFiles(folder, "*.onnx")
                .Where(path => !path.Contains("_qdq_", StringComparison.Ordinal) && !path.Contains("_quantizeml", StringComparison.Ordinal))
            : [];
}

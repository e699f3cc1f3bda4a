using System.Text.Json;
using AkidaQuant.Formats;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Formats.Onnx;
using AkidaQuant.Tests.Repair;

namespace AkidaQuant.Tests.Vectors;

/// <summary>
/// Small networks after public ONNX files: their float outputs are those of ONNX Runtime, whose first values and sums for
/// <c>x[i] = sin(0.37 i)</c> are recorded beside them.
/// </summary>
public sealed class PublicOnnxTests
{
    private const float Tolerance = 1e-5f;

    private static readonly string Folder = Repository.PathOf("tests/vectors/public/onnx");

    public static TheoryData<string> Files => [.. Recorded().EnumerateObject().Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Outputs_are_those_of_ONNX_Runtime(string file)
    {
        Assert.SkipUnless(File.Exists(Path.Combine(Folder, file)), "Only some of the networks are copied here.");
        byte[] content = File.ReadAllBytes(Path.Combine(Folder, file));
        Model model = ModelReader.Read(Path.Combine(Folder, file));
        Shape own = model.Input.SampleShape;
        Shape sample = model.Input.IsChannelsFirst ? own.WithLastAxisFirst() : own;
        float[] values = [.. Enumerable.Range(0, sample.Size).Select(i => (float)Math.Sin(0.37 * i))];

        using OnnxOracle oracle = OnnxOracle.Open(content);
        OracleOutput expected = oracle.Run(values);
        JsonElement recorded = Recorded().GetProperty(file);
        float greatest = expected.Values.Max(MathF.Abs);
        Assert.All(recorded.GetProperty("ort_first").EnumerateArray().Zip(expected.Values), pair =>
            Assert.Equal(pair.First.GetSingle(), pair.Second, 1e-4f * Math.Max(greatest, 1)));
        double sum = expected.Values.Sum(value => (double)value);
        Assert.Equal(recorded.GetProperty("ort_sum").GetDouble(), sum, 1e-3 * Math.Max(greatest, 1));

        float[] actual = OnnxComparison.Outputs(model, values, sample);
        Assert.InRange(
            OnnxComparison.LargestDifference(OnnxComparison.AsOurs(content, expected, model.Plan.Output.Shape), actual), 0, Tolerance);
    }

    /// <summary>Those that were refused quantize whole, and convert as they are or after a repair.</summary>
    [Theory]
    [InlineData("03_bn_zero_gamma")]
    [InlineData("06a_resize_halfpixel_round_prefer_floor_x2")]
    [InlineData("07_conv1d_kws")]
    [InlineData("16_split_channels")]
    public void They_convert(string name)
    {
        Model model = ModelReader.Read(Path.Combine(Folder, $"{name}.onnx"));
        SampleSet samples = RepairCase.Samples(model);
        Model repaired = Repairer.Repair(model, new RepairOptions { Samples = samples });
        Assert.Empty(repaired.Repair?.Left ?? []);
        RepairCase.AssertSameFloats(model, repaired, samples, RepairCase.Rounding);
        RepairCase.AssertSameIntegers(repaired, samples, AkidaVersion.V2, null);
    }

    private static JsonElement Recorded() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "expected_ort.json"))).RootElement;
}

using AkidaQuant.Execution;
using System.Globalization;
using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Schema;
using Microsoft.ML.OnnxRuntime;

namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>
/// Float networks with something changed: where ONNX Runtime runs them too, both give the same.
/// <c>AKIDAQUANT_ONNX_SEED</c> changes otherwise, <c>AKIDAQUANT_ONNX_CASES</c> more often.
/// </summary>
public sealed class OnnxMutationTests(ITestOutputHelper output)
{
    private const uint UsualVariants = 300;
    private const uint UsualSeed = 20261125;
    private const long RunLimit = 64L << 20;
    private const int MostSamples = 8;

    public static TheoryData<string> Files =>
    [
        "digits_convnet/float.onnx",
        "digits_convnet_dynamo/float.onnx",
        "digits_resnet/float.onnx",
        "digits_resnet/float_dynamo.onnx",
        "mobilenet_v2/float.onnx",
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_changed_network_gives_what_ONNX_Runtime_gives_or_is_refused(string file)
    {
        uint seed = OnnxCases.Variable("AKIDAQUANT_ONNX_SEED") ?? UsualSeed;
        int variants = (int)(OnnxCases.Variable("AKIDAQUANT_ONNX_CASES") ?? UsualVariants);
        Random random = new((int)seed);
        OnnxMutation mutation = new(File.ReadAllBytes(Repository.PathOf($"tests/vectors/onnx/{file}")));
        SortedDictionary<string, int> outcomes = new(StringComparer.Ordinal);
        for (int i = 0; i < variants; i++)
        {
            (byte[] content, string what) = mutation.Make(random);
            string outcome = Compare(content, $"seed {seed}, variant {i} of {file}: {what}");
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        output.WriteLine($"{file}, seed {seed}: {string.Join(", ", outcomes.Select(pair => $"{pair.Value} {pair.Key}"))}");
        Assert.True(outcomes.GetValueOrDefault("equal") >= variants / 10);
    }

    private static string Compare(byte[] content, string what)
    {
        Model model;
        try
        {
            model = OnnxReader.Read("changed.onnx", content);
            if (model.Plan.BytesPerSample(RunnerResults.All) > RunLimit)
            {
                return "huge";
            }
        }
        catch (QuantException)
        {
            return "refused";
        }

        Shape sample = model.Input.IsChannelsFirst
            ? new Shape([model.InputShape.Channels, .. model.InputShape.SkipLast(1)])
            : model.InputShape;
        long batch = Math.Max(
            ModelProto
                .Parser.ParseFrom(content)
                .Graph.Input.First(input => input.Name == model.Input.Name)
                .Type.TensorType.Shape.Dim[0]
                .DimValue,
            1);
        if (batch > MostSamples)
        {
            return "huge";
        }

        float[] values = OnnxComparison.Random(new Random(1), (int)batch * sample.Size);
        if (model.Input.Type is not null)
        {
            values = Array.ConvertAll(values, value => MathF.Truncate(MathF.Abs(value) * 100));
        }

        OracleOutput expected;
        try
        {
            using OnnxOracle oracle = OnnxOracle.Open(content);
            expected = oracle.Run(values);
        }
        catch (OnnxRuntimeException)
        {
            // Attributes and inputs that an operator does not have are passed over here.
            return "invalid to ONNX Runtime";
        }

        if (!expected.Values.All(float.IsFinite))
        {
            return "not finite";
        }

        float difference = OnnxComparison.LargestDifference(
            OnnxComparison.AsOurs(content, expected, model.Plan.Output.Shape),
            OnnxComparison.Outputs(model, values, sample));
        Assert.True(
            difference <= OnnxComparison.Tolerance,
            string.Create(CultureInfo.InvariantCulture, $"{what}: the largest relative difference is {difference}."));
        return "equal";
    }
}

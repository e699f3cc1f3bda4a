using AkidaQuant.Formats;
using AkidaQuant.Models;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Vectors;

/// <summary>Keras files in the forms that people have: they are read, and compute what Keras computes.</summary>
public sealed class PublicFloatTests
{
    private const float Tolerance = 1e-5f;

    public static TheoryData<string> WithOutputs =>
        [.. Files("*.h5").Where(name => File.Exists(PathOf($"{name}.expected.npy"))).Order(StringComparer.Ordinal)];

    public static TheoryData<string> All => [.. Files("*.h5").Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_file_is_read_and_runs(string name)
    {
        Model model = ModelReader.Read(PathOf($"{name}.h5"));
        SampleSet samples = RandomSamples.CreateFloats(model.Input.SampleShape, 2, 1, 0, 1);
        Assert.All(
            Inference.Run(model, samples, cancellation: TestContext.Current.CancellationToken).SelectMany(batch => batch.Values),
            value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [MemberData(nameof(WithOutputs))]
    public void Float_outputs_are_those_of_Keras(string name)
    {
        Model model = ModelReader.Read(PathOf($"{name}.h5"));
        float[] actual =
        [
            .. Inference.Run(model, SampleReader.Read(PathOf($"{name}.samples.npy")), cancellation: TestContext.Current.CancellationToken)
                .SelectMany(batch => batch.Values),
        ];
        SampleSet outputs = SampleReader.Read(PathOf($"{name}.expected.npy"));
        float[] expected = [.. Enumerable.Range(0, outputs.Count).SelectMany(outputs.Values)];
        float most = expected.Max(Math.Abs) * Tolerance;
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, most));
    }

    private static IEnumerable<string> Files(string pattern) =>
        Directory.EnumerateFiles(PathOf(string.Empty), pattern).Select(file => Path.GetFileNameWithoutExtension(file)!);

    private static string PathOf(string file) => Repository.PathOf($"tests/vectors/public/keras/{file}");
}

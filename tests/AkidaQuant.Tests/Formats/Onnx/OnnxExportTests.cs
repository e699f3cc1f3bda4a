using AkidaQuant.Formats;
using AkidaQuant.Formats.Onnx;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using CsCheck;

namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>Networks from ONNX written to Keras files: read again they give the same, or the file is refused.</summary>
public sealed class OnnxExportTests(ITestOutputHelper output) : TemporaryFolder
{
    private const int SampleCount = 4;

    /// <summary>Many have pools that Keras does not have.</summary>
    [Fact]
    public void Networks_of_known_blocks_are_written_to_the_same_outputs_or_refused() =>
        Check(OnnxNetworkBuilder.Build, count: 60, least: 0.25);

    [Fact]
    public void Chains_of_operators_are_written_to_the_same_outputs_or_refused() => Check(OnnxChainBuilder.Build, count: 150, least: 0.9);

    [Fact]
    public void Transposed_convolutions_are_written_to_the_same_outputs_or_refused() => Check(Transposed, count: 300, least: 0.2);

    private static string Transposed(OnnxCase test)
    {
        int channels = test.Between(1, 3);
        bool isDepthwise = channels > 1 && test.OneIn(2);
        int stride = test.Between(1, 3);
        (int height, int width) = (test.Between(1, 4), test.Between(1, 4));
        return test.Node(
            "ConvTranspose",
            [
                test.Image(channels, test.Between(3, 5), test.Between(3, 5)),
                test.Weights(channels, isDepthwise ? 1 : test.Between(1, 3), height, width),
            ],
            ("group", isDepthwise ? channels : 1),
            ("strides", new[] { stride, stride }),
            ("pads", test.OneIn(2) ? null : new[] { test.Between(0, 1), test.Between(0, 1), test.Between(0, 1), test.Between(0, 1) }),
            ("output_padding", new[] { test.Between(0, stride - 1), test.Between(0, stride - 1) }));
    }

    private void Check(Func<OnnxCase, string> build, int count, double least)
    {
        int written = 0;
        int total = 0;
        Gen.UInt.Select(seed => OnnxCase.Build(seed, build))
            .Sample(
                network =>
                {
                    SampleSet samples = SampleSet.FromArray(
                        OnnxComparison.Random(new Random((int)network.Seed), SampleCount * network.Sample.Size, -2, 2),
                        network.Sample);
                    if (Attempt(() => OnnxReader.Read("network.onnx", network.Graph.ToBytes())) is not { } model)
                    {
                        return;
                    }

                    Model? quantized = Attempt(() => Quantizer.Quantize(model, new QuantizeOptions { Samples = samples }));
                    foreach (Model each in quantized is null ? [model] : new[] { model, quantized })
                    {
                        total++;
                        string extension = network.Seed % 2 == 0 ? ".h5" : ".keras";
                        if (Attempt(() => Copy(each, extension)) is { } read)
                        {
                            // Keras has channels last only.
                            float[] expected = Outputs(each, samples);
                            float[] actual = Outputs(read, each.Input.Fit(samples, each.Name));
                            float tolerance = each == quantized ? 0 : 1e-5f * Math.Max(1, expected.Max(Math.Abs));
                            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
                            written++;
                        }
                    }
                },
                iter: count,
                threads: 1);
        output.WriteLine($"{written} of {total} are written.");
        Assert.True(written >= least * total, $"Only {written} of {total} are written.");
    }

    private Model Copy(Model model, string extension)
    {
        string path = PathOf($"{Guid.NewGuid()}{extension}");
        ModelWriter.Write(model, path);
        return ModelReader.Read(path);
    }

    /// <summary>What is refused is refused with an error that a user can act on.</summary>
    private static Model? Attempt(Func<Model> action)
    {
        try
        {
            return action();
        }
        catch (QuantException)
        {
            return null;
        }
    }

    private static float[] Outputs(Model model, SampleSet samples) => [.. Inference.Run(model, samples).SelectMany(batch => batch.Values)];
}

using AkidaQuant.Formats;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Formats.Keras;
using CsCheck;

namespace AkidaQuant.Tests.Networks;

/// <summary>Random networks that go through files.</summary>
public sealed class RandomNetworkFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(".h5")]
    [InlineData(".keras")]
    public void Networks_read_back_as_they_were_written(string extension) =>
        RandomNetwork.Any.Sample(
            network =>
            {
                SampleSet samples = network.Model.Input.Type is { } type
                    ? RandomSamples.Create(network.Model.InputShape, 10, type, network.Seed)
                    : RandomSamples.CreateFloats(network.Model.InputShape, 10, network.Seed, -1, 1);
                Model quantized = Quantizer.Quantize(
                    network.Model,
                    new QuantizeOptions
                    {
                        Parameters = network.Parameters,
                        Samples = samples,
                        BatchSize = 5,
                    });
                foreach (Model model in new[] { network.Model, quantized })
                {
                    string path = Path.Combine(_folder, $"network{extension}");
                    ModelWriter.Write(model, path);
                    ModelComparison.AssertSame(model, ModelReader.Read(path));
                }
            },
            iter: RandomNetwork.Count,
            threads: 1);
}

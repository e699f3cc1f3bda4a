using AkidaQuant.Formats;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using CsCheck;

namespace AkidaQuant.Tests.Networks;

public class RandomNetworkTests
{
    private const int Networks = 300;

    [Fact]
    public void Quantizing_a_valid_network_gives_integers_that_do_not_depend_on_the_batch_size() => RandomNetwork.Any.Sample(
        network =>
        {
            (Model model, QuantizationParams parameters, ulong seed) = network;
            SampleSet samples = Samples(model, seed);
            Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Parameters = parameters, Samples = samples, BatchSize = 3 });
            float[] whole = Outputs(quantized, samples, 256);
            Assert.Equal(samples.Count * quantized.Plan.Output.Shape.Size, whole.Length);
            Assert.All(whole, value => Assert.True(float.IsFinite(value)));
            Assert.Equal(whole, Outputs(quantized, samples, 1));
            Assert.Equal(whole, Outputs(quantized, samples, 4));
        },
        iter: Networks,
        threads: 1);

    [Fact]
    public void A_complete_configuration_gives_the_same_model_whatever_the_parameters() => RandomNetwork.Any.Sample(
        network =>
        {
            (Model model, QuantizationParams parameters, ulong seed) = network;
            SampleSet samples = Samples(model, seed);
            Model first = Quantizer.Quantize(model, new QuantizeOptions { Parameters = parameters, Samples = samples, BatchSize = 4 });
            QuantizationParams others = new()
            {
                PerTensorActivations = parameters.PerTensorActivations, // the input's quantizer follows the parameters (quantize.md 13)
                InputType = parameters.InputType,
            };
            QuantConfig config = Quantizer.Configuration(first);
            Model second = Quantizer.Quantize(model, new QuantizeOptions { Parameters = others, Config = config, Samples = samples, BatchSize = 4 });
            Assert.Equal(QuantConfigFile.ToJson(config), QuantConfigFile.ToJson(Quantizer.Configuration(second)));
            Assert.Equal(Outputs(first, samples, 8), Outputs(second, samples, 8));
        },
        iter: Networks,
        threads: 1);

    private static SampleSet Samples(Model model, ulong seed) => model.Input.Type is { } type
        ? RandomSamples.Create(model.InputShape, 10, type, seed)
        : RandomSamples.CreateFloats(model.InputShape, 10, seed, -1, 1);

    private static float[] Outputs(Model model, SampleSet samples, int batchSize) =>
        [.. Inference.Run(model, samples, batchSize).SelectMany(batch => batch.Values)];
}

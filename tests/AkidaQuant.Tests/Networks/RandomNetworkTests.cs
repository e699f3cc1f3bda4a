using AkidaQuant.Akida;
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

    /// <summary>
    /// Calibrated on one batch of all samples: below the calibrated minimum the reference's unsigned inputs turn
    /// negative, which the unsigned tensor behind an Akida Quantizer cannot (convert.md 8.4).
    /// </summary>
    [Fact]
    public void The_emulator_gives_the_integers_of_every_quantized_network_that_converts()
    {
        int converted = 0;
        RandomNetwork.Convertible.Sample(
            network =>
            {
                (Model model, QuantizationParams parameters, ulong seed) = network;
                SampleSet samples = Samples(model, seed);
                Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Parameters = parameters, Samples = samples, BatchSize = samples.Count });
                AkidaModel akida;
                try
                {
                    akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
                }
                catch (QuantException refusal) when (refusal.Id.StartsWith("Akida", StringComparison.Ordinal))
                {
                    return;
                }

                converted++;
                int[] potentials = [.. Emulator.RunPotentials(akida, samples).SelectMany(batch => batch.Values)];
                Assert.Equal(Integers(quantized, samples), potentials);
                float[] outputs = [.. Emulator.Run(akida, samples).SelectMany(batch => batch.Values)];
                Assert.Equal(Outputs(quantized, samples, 8), outputs);
            },
            iter: Networks,
            threads: 1);
        Assert.True(converted >= Networks / 5, $"Only {converted} of {Networks} networks could be converted.");
    }

    /// <summary>The integers before the last Dequantizer.</summary>
    private static int[] Integers(Model model, SampleSet samples)
    {
        PlanRunner runner = new(model.Plan, samples.Count);
        SampleInput.Load(samples, 0, samples.Count, runner.Input, model.Input.Type, model.Name);
        runner.Run(samples.Count);
        var data = (IntegerData)runner[model.Plan.Steps[model.Plan.OutputStep].Inputs[0]];
        long[] integers = new long[samples.Count * data.SampleSize];
        data.CopyTo(integers, samples.Count);
        return Array.ConvertAll(integers, integer => checked((int)integer));
    }

    private static SampleSet Samples(Model model, ulong seed) => model.Input.Type is { } type
        ? RandomSamples.Create(model.InputShape, 10, type, seed)
        : RandomSamples.CreateFloats(model.InputShape, 10, seed, -1, 1);

    private static float[] Outputs(Model model, SampleSet samples, int batchSize) =>
        [.. Inference.Run(model, samples, batchSize).SelectMany(batch => batch.Values)];
}

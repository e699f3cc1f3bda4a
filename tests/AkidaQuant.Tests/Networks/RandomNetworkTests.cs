using System.Collections.Concurrent;
using System.Globalization;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Execution;
using AkidaQuant.Formats;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Repair;
using AkidaQuant.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Networks;

public sealed class RandomNetworkTests(ITestOutputHelper output)
{
    private readonly ConcurrentQueue<uint> _seeds = new();

    [Fact]
    public void Quantizing_a_valid_network_gives_integers_that_do_not_depend_on_the_batch_size() =>
        Check(Gen.OneOf(RandomNetwork.Any, RandomNetwork.Padded), network =>
        {
            SampleSet samples = Samples(network);
            Model quantized = Quantize(network, samples, 3);
            float[] whole = Outputs(quantized, samples, 256);
            Assert.Equal(samples.Count * quantized.Plan.Output.Shape.Size, whole.Length);
            Assert.All(whole, value => Assert.True(float.IsFinite(value)));
            Assert.Equal(whole, Outputs(quantized, samples, 1));
            Assert.Equal(whole, Outputs(quantized, samples, 4));
        });

    /// <summary>Layers without integers get forms that have some, by default in networks from ONNX files and else by repair.</summary>
    [Fact]
    public void Layers_that_have_an_exact_form_compute_the_same_in_it() => Check(RandomNetwork.WithForms, network =>
    {
        SampleSet samples = Samples(network);
        Model onnx = network.Model.WithLayers(layer => layer is InputLayer input ? input with { IsFromOnnx = true } : layer);
        Model rewritten = Sanitizer.Run(onnx);
        RepairCase.AssertSameSums(onnx, rewritten, samples);
        Model repaired = Repairer.Repair(network.Model, new RepairOptions { Samples = samples });
        RepairCase.AssertSameSums(network.Model, repaired, samples);
        Model quantized = Quantize(network with { Model = onnx }, samples, samples.Count);
        Assert.DoesNotContain(quantized.GraphLayers, layer =>
            layer is TrainingLayer or Resizing or Average or Subtract or Normalization or UpSampling2D or Cropping2D or CenterCrop
                or GlobalMaxPooling2D);
    });

    [Fact]
    public void A_complete_configuration_gives_the_same_model_whatever_the_parameters() =>
        Check(Gen.OneOf(RandomNetwork.Any, RandomNetwork.Padded), network =>
        {
            SampleSet samples = Samples(network);
            Model first = Quantize(network, samples, 4);
            QuantizationParams others = new()
            {
                // The input's quantizer follows the parameters (quantize.md 13).
                PerTensorActivations = network.Parameters.PerTensorActivations,
                InputType = network.Parameters.InputType,
            };
            QuantConfig config = Quantizer.Configuration(first);
            Model second = Quantizer.Quantize(
                network.Model,
                new QuantizeOptions
                {
                    Parameters = others,
                    Config = config,
                    Samples = samples,
                    BatchSize = 4,
                });
            AssertSame(first, second, samples);
            Model again = Quantizer.Quantize(
                first,
                new QuantizeOptions
                {
                    Config = config,
                    Samples = samples,
                    BatchSize = 4,
                });
            AssertSame(first, again, samples);
        });

    /// <summary>Forgetting where it came from, as a file does, the model leads back to its float network.</summary>
    [Fact]
    public void A_quantized_network_leads_back_to_the_float_network_within_float_rounding() =>
        Check(Gen.OneOf(RandomNetwork.Any, RandomNetwork.Padded), network =>
        {
            SampleSet samples = Samples(network);
            Model quantized = Quantize(network, samples, 5);
            Model source = quantized.FloatSource!;
            Model recovered = Quantizer.FloatSource(Model.Create(quantized.Name, isSequential: false, quantized.Nodes, quantized.Outputs));
            Assert.Equal(
                source.Nodes.Select(node => (node.Name, Kind(node.Layer))),
                recovered.Nodes.Select(node => (node.Name, Kind(node.Layer))));
            foreach ((Layer actual, Layer expected) in recovered.GraphLayers.Zip(source.GraphLayers))
            {
                foreach ((Variable left, Variable right) in actual.Variables.Where(IsKernel).Zip(expected.Variables.Where(IsKernel)))
                {
                    Assert.Equal(right.Name, left.Name);
                    Assert.All(left.Value.Values.Zip(right.Value.Values), pair =>
                        Assert.InRange(pair.First - pair.Second, -2e-7f * MathF.Abs(pair.Second), 2e-7f * MathF.Abs(pair.Second)));
                }
            }

            float[] outputs = Outputs(source, samples, 8);
            float tolerance = 1e-4f * Math.Max(1, outputs.Max(MathF.Abs));
            Assert.All(Outputs(recovered, samples, 8).Zip(outputs), pair =>
                Assert.InRange(pair.First - pair.Second, -tolerance, tolerance));
        });

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        string folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;
        try
        {
            Check(RandomNetwork.Any, network =>
            {
                string path = Path.Combine(folder, network.Seed % 2 == 0 ? "network.h5" : "network.keras");
                SampleSet samples = Samples(network);
                foreach (Model model in new[] { network.Model, Quantize(network, samples, 5) })
                {
                    ModelWriter.Write(model, path);
                    Model read = ModelReader.Read(path);
                    Assert.Equal(
                        model.Nodes.Select(node => (node.Name, node.Layer.ClassName)),
                        read.Nodes.Select(node => (node.Name, node.Layer.ClassName)));
                    Assert.Equal(Arrays(model), Arrays(read));
                    AssertSame(model, read, samples);
                }
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// Calibrated on one batch of all samples: below the calibrated minimum the reference's unsigned inputs turn
    /// negative, which the unsigned tensor behind an Akida Quantizer cannot (convert.md 8.4).
    /// </summary>
    [Fact]
    public void The_emulator_gives_the_integers_of_every_quantized_network_that_converts()
    {
        // One in five is what Akida has.
        const int Times = 5;
        int converted = 0;
        Check(
            Gen.OneOf(RandomNetwork.Convertible, RandomNetwork.ConvertiblePadded),
            network =>
            {
                SampleSet samples = Samples(network);
                Model quantized = Quantize(network, samples, samples.Count);
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
            Times);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{converted} converted"));
        Assert.True(
            converted >= Limits.AtLeast(0.18, Times * RandomNetwork.Count),
            $"Only {converted} of {Times * RandomNetwork.Count} networks could be converted.");
    }

    private void Check(Gen<RandomNetwork> networks, Action<RandomNetwork> property, int times = 1)
    {
        networks.Sample(
            network =>
            {
                _seeds.Enqueue(network.Seed);
                property(network);
            },
            iter: times * RandomNetwork.Count,
            threads: 1);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_seeds.Count} networks, their seeds: {string.Join(' ', _seeds)}"));
    }

    /// <summary>A border of zeros may be spelled out or not: it is the same.</summary>
    private static string Kind(Layer layer) => layer is PaddedConv2D ? nameof(Conv2D) : layer.ClassName;

    private static IEnumerable<float> Arrays(Model model) =>
        model.GraphLayers.SelectMany(layer => layer.Variables).SelectMany(variable => variable.Value.Values);

    private static bool IsKernel(Variable variable) => !variable.Name.EndsWith("/bias:0", StringComparison.Ordinal);

    private static Model Quantize(RandomNetwork network, SampleSet samples, int batchSize) =>
        Quantizer.Quantize(
            network.Model,
            new QuantizeOptions
            {
                Parameters = network.Parameters,
                Samples = samples,
                BatchSize = batchSize,
            });

    private static void AssertSame(Model expected, Model actual, SampleSet samples)
    {
        Assert.Equal(QuantConfigFile.ToJson(Quantizer.Configuration(expected)), QuantConfigFile.ToJson(Quantizer.Configuration(actual)));
        Assert.Equal(Outputs(expected, samples, 8), Outputs(actual, samples, 8));
    }

    /// <summary>The integers before the last Dequantizer.</summary>
    private static int[] Integers(Model model, SampleSet samples)
    {
        PlanRunner runner = new(model.Plan, samples.Count);
        SampleInput.Load(samples, 0, samples.Count, runner.Input, model.Input.Integers, model.Name);
        runner.Run(samples.Count);
        var data = (IntegerData)runner[model.Plan.Steps[model.Plan.OutputStep].Inputs[0]];
        long[] integers = new long[samples.Count * data.SampleSize];
        data.CopyTo(integers, samples.Count);
        return Array.ConvertAll(integers, integer => checked((int)integer));
    }

    private static SampleSet Samples(RandomNetwork network) => network.Model.Input.Type is { } type
        ? RandomSamples.Create(network.Model.InputShape, 10, type, network.Seed)
        : RandomSamples.CreateFloats(network.Model.InputShape, 10, network.Seed, -1, 1);

    private static float[] Outputs(Model model, SampleSet samples, int batchSize) =>
        [.. Inference.Run(model, samples, batchSize).SelectMany(batch => batch.Values)];
}

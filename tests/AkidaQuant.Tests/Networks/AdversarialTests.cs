using System.Collections;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using CsCheck;

namespace AkidaQuant.Tests.Networks;

/// <summary>Networks at the edge of what is allowed, and beyond: each works or ends in an error with an id.</summary>
public class AdversarialTests
{
    private const int Networks = 800;

    private static readonly object?[] Garbage =
    [
        null,
        true,
        "8",
        "per-axis",
        -1,
        0,
        1,
        33,
        int.MaxValue,
        int.MinValue,
        7.5,
        double.NaN,
        new Hashtable(),
        new Hashtable { ["bitwidth"] = "x" },
        new Hashtable { ["bitwidth"] = 1 },
    ];

    [Fact]
    public void A_network_converts_and_is_emulated_to_the_integer_or_is_refused()
    {
        int converted = 0;
        AdversarialNetwork.Any.Sample(
            network =>
            {
                if (Quantized(network.Model, network.Options) is not { } model)
                {
                    return;
                }

                foreach (AkidaVersion version in Enum.GetValues<AkidaVersion>())
                {
                    if (Allowed(() => AkidaConverter.Convert(model, version)) is not { } akida)
                    {
                        continue;
                    }

                    int[] potentials = [.. Emulator.RunPotentials(akida, network.Samples).SelectMany(batch => batch.Values)];
                    bool mayDiffer =
                        version == AkidaVersion.V1 || model.Layers.OfType<InputQuantizer>().Any(quantizer => !quantizer.Signed);
                    Assert.True(
                        mayDiffer || potentials.SequenceEqual(LastIntegers(model, network.Samples)),
                        "The emulator gives other integers.");
                    converted++;
                }
            },
            iter: Networks,
            threads: 1);
        Assert.True(converted > 0, "No network could be converted.");
    }

    [Fact]
    public void Any_value_of_any_setting_works_or_is_refused() => Gen.Select(AdversarialNetwork.Any, Gen.Int).Sample(
        (network, seed) =>
        {
            Random random = new(seed);
            if (Allowed(() => Quantizer.Preview(network.Model, network.Options with { Config = null })) is not { Count: > 0 } config)
            {
                return;
            }

            var layer = (QuantSettings)config.GetAt(random.Next(config.Count)).Value!;
            QuantSettings nested = layer.Values.OfType<QuantSettings>().FirstOrDefault() ?? layer;
            Allowed(() => Spoil(random, random.Next(2) == 0 ? nested : layer));
            if (Quantized(network.Model, network.Options with { Config = config }) is { } model)
            {
                Run(model, network.Samples);
            }
        },
        iter: Networks,
        threads: 1);

    [Fact]
    public void Stored_arrays_of_any_shape_work_or_are_refused() => Gen.Select(AdversarialNetwork.Any, Gen.Int).Sample(
        (network, seed) =>
        {
            Random random = new(seed);
            Model? model = random.Next(3) == 0 ? network.Model : Quantized(network.Model, network.Options);
            if (model is null)
            {
                return;
            }

            Node[] nodes = [.. model.Nodes.Where(node => node.Layer.Variables.Count > 0)];
            if (nodes.Length == 0)
            {
                return;
            }

            Layer layer = nodes[random.Next(nodes.Length)].Layer;
            NdArray<float>[] values = [.. layer.Variables.Select(variable => variable.Value)];
            int index = random.Next(values.Length);
            values[index] = Spoil(random, values[index]);
            if (Allowed(() => model.WithLayers(own => own.Name == layer.Name ? own.WithVariables(values) : own)) is { } spoiled)
            {
                Allowed(() => Run(spoiled, network.Samples));
            }
        },
        iter: Networks,
        threads: 1);

    [Fact]
    public void Samples_of_any_shape_and_type_work_or_are_refused() =>
        Gen.Select(AdversarialNetwork.Any, Gen.Int)
            .Sample(
                (network, seed) =>
                {
                    Random random = new(seed);
                    Shape shape =
                        random.Next(2) == 0
                            ? network.Model.InputShape
                            : new Shape([.. Enumerable.Range(0, random.Next(0, 5)).Select(_ => random.Next(1, 6))]);
                    SampleSet samples = random.Next(3) switch
                    {
                        0 => RandomSamples.Create(shape, 3, IntegerType.Int32, (ulong)random.Next()),
                        1 => RandomSamples.CreateFloats(shape, 3, (ulong)random.Next(), -1e38, 1e38),
                        _ => SampleSet.FromArray(Enumerable.Range(0, 3 * shape.Size).Select(i => i == 1 ? double.NaN : i).ToArray(), shape),
                    };
                    Allowed(() => Run(network.Model, samples));
                    Quantized(network.Model, network.Options with { Samples = samples });
                    if (Quantized(network.Model, network.Options) is { } model)
                    {
                        Allowed(() => Run(model, samples));
                    }
                },
                iter: Networks,
                threads: 1);

    private static QuantSettings Spoil(Random random, QuantSettings settings)
    {
        string[] keys =
        [
            "bitwidth",
            "signed",
            "axis",
            "fp_quantizer",
            "scale_bits",
            "buffer_bitwidth",
            "output_quantizer",
            "weight_quantizer",
            "bias_quantizer",
            "unknown",
        ];
        settings[
            random.Next(2) == 0 && settings.Count > 0 ? settings.GetAt(random.Next(settings.Count)).Key : keys[random.Next(keys.Length)]
        ] = Garbage[random.Next(Garbage.Length)];
        return settings;
    }

    private static NdArray<float> Spoil(Random random, NdArray<float> array)
    {
        int[] shape = array.Shape.ToArray();
        switch (random.Next(5))
        {
            case 0 when shape.Length > 0:
                shape[random.Next(shape.Length)]++;
                break;
            case 1:
                shape = [.. shape, 1];
                break;
            case 2 when shape.Length > 0:
                shape = shape[1..];
                break;
            default:
                float[] values = [float.NaN, float.PositiveInfinity, float.MaxValue, float.Epsilon, 0, -1, -1e30f];
                return array.Map(_ => values[random.Next(values.Length)]);
        }

        return NdArray<float>.Filled(new Shape(shape), 0.5f);
    }

    private static Model? Quantized(Model model, QuantizeOptions options) => Allowed(() => Quantizer.Quantize(model, options));

    private static T? Allowed<T>(Func<T> action)
        where T : class
    {
        try
        {
            return action();
        }
        catch (QuantException error)
        {
            Assert.NotEmpty(error.Message);
            return null;
        }
    }

    private static float[] Run(Model model, SampleSet samples) => [.. Inference.Run(model, samples).SelectMany(batch => batch.Values)];

    private static IEnumerable<int> LastIntegers(Model model, SampleSet samples)
    {
        PlanRunner runner = model.Plan.CreateRunner(samples.Count);
        SampleInput.Load(samples, 0, samples.Count, runner.Input, model.Input.Integers, model.Name);
        runner.Run(samples.Count);
        var data = (IntegerData)runner[model.Plan.Steps[model.Plan.OutputStep].Inputs[0]];
        long[] integers = new long[samples.Count * data.SampleSize];
        data.CopyTo(integers, samples.Count);
        return integers.Select(integer => (int)integer);
    }
}

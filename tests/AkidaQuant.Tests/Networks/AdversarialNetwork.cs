using AkidaQuant.Kernels.Storage;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using CsCheck;

namespace AkidaQuant.Tests.Networks;

/// <summary>
/// Networks and configurations at the edge of what is allowed: unequal kernels and strides, dilation, dead
/// channels, weights of any magnitude, inputs of any type and rank, accumulators that saturate.
/// </summary>
public static class AdversarialNetwork
{
    /// <summary>A float model, samples that fit it, and what to quantize it with; not every one is valid.</summary>
    public static Gen<(Model Model, SampleSet Samples, QuantizeOptions Options)> Any => Gen.Int.Select(seed => Build(new Random(seed)));

    private static (Model Model, SampleSet Samples, QuantizeOptions Options) Build(Random random)
    {
        IntegerType? type = Chance(random, 2)
            ? Pick<IntegerType?>(random, IntegerType.UInt8, IntegerType.Int8, IntegerType.Int16, IntegerType.UInt16)
            : null;
        Shape shape = random.Next(6) switch
        {
            0 => new Shape(random.Next(1, 9)),
            1 => new Shape(random.Next(1, 5), random.Next(1, 6)),
            _ => new Shape(random.Next(3, 10), random.Next(3, 10), random.Next(1, 6)),
        };
        AdversarialNetworkBuilder builder = new(random, new InputLayer { Name = "input", Shape = shape, Type = type });
        if (Chance(random, 2))
        {
            builder.Add(new Rescaling { Name = "rescale", Scale = [Pick(random, 1.0 / 255, 0.5, 3, 1e-3)] });
        }

        for (int i = random.Next(1, 5); i > 0; i--)
        {
            builder.Any();
        }

        builder.Tail();
        Model model = builder.Model();
        SampleSet samples = Samples(random, shape, type);
        return (model, samples, Options(random, model, samples));
    }

    private static SampleSet Samples(Random random, Shape shape, IntegerType? type)
    {
        int count = random.Next(1, 8);
        ulong seed = (ulong)random.Next();
        if (type is { } integers)
        {
            ValueRange range = integers.Range();
            long constant = random.NextInt64(range.Min, range.Max);
            return Chance(random, 6)
                ? RandomSamples.Create(shape, count, integers, constant, constant, seed)
                : RandomSamples.Create(shape, count, integers, seed);
        }

        double magnitude = Math.Pow(10, random.Next(-4, 5));
        return random.Next(5) switch
        {
            0 => RandomSamples.CreateFloats(shape, count, seed, magnitude, magnitude * 1.01),
            1 => RandomSamples.CreateFloats(shape, count, seed, 0, magnitude),
            2 => RandomSamples.CreateFloats(shape, count, seed, 0, 1e-30),
            _ => RandomSamples.CreateFloats(shape, count, seed, -magnitude, magnitude),
        };
    }

    private static QuantizeOptions Options(Random random, Model model, SampleSet samples)
    {
        QuantizeOptions options = new()
        {
            Samples = samples,
            BatchSize = Chance(random, 3) ? null : random.Next(1, 12),
            SampleCount = Chance(random, 4) ? random.Next(1, 12) : null,
            Epochs = random.Next(1, 4),
            Parameters = new QuantizationParams
            {
                ActivationBits = random.Next(1, 12),
                OutputBits = random.Next(2, 17),
                WeightBits = random.Next(2, 10),
                InputWeightBits = random.Next(2, 10),
                PerTensorActivations = Chance(random, 2),
                BufferBits = Chance(random, 3) ? random.Next(18, 33) : 32,
                InputType = Pick(random, IntegerType.UInt8, IntegerType.Int8, IntegerType.Int16),
                LastOutputBits = Chance(random, 4) ? random.Next(2, 17) : null,
            },
        };
        return Chance(random, 2) ? options : options with { Config = Changed(random, model, options) };
    }

    /// <summary>The configuration that the model would get, changed here and there.</summary>
    private static QuantConfig? Changed(Random random, Model model, QuantizeOptions options)
    {
        QuantConfig config;
        try
        {
            config = Quantizer.Preview(model, options);
        }
        catch (QuantException)
        {
            return null;
        }

        foreach (QuantSettings layer in config.Values.Cast<QuantSettings>())
        {
            bool hasWeights = layer.Keys.Any(key => key.EndsWith("weight_quantizer", StringComparison.Ordinal));
            foreach (string key in layer.Keys.Where(key => key.EndsWith("weight_quantizer", StringComparison.Ordinal)).ToArray())
            {
                var weights = (QuantSettings)layer[key]!;
                Maybe(random, () => weights["bitwidth"] = random.Next(2, 17));
                Maybe(random, () => weights["signed"] = false);
                Maybe(random, () => weights["axis"] = null);
                Maybe(random, () => Maybe(random, () => weights["fp_quantizer"] = true));
            }

            Maybe(random, () => layer["buffer_bitwidth"] = random.Next(14, 33));
            if (hasWeights)
            {
                Maybe(random, () =>
                    layer["bias_quantizer"] = new QuantSettings { ["bitwidth"] = random.Next(2, 17), ["signed"] = Chance(random, 2) });
            }

            if (layer.ContainsKey("lut_bitwidth"))
            {
                Maybe(random, () => layer["lut_bitwidth"] = random.Next(2, 20));
            }

            if (layer.GetValueOrDefault("output_quantizer") is QuantSettings output)
            {
                Maybe(random, () => output["bitwidth"] = random.Next(2, 17));
                Maybe(random, () => output["signed"] = Chance(random, 2));
                Maybe(random, () => output["axis"] = Chance(random, 2) ? "per-axis" : "per-tensor");
                Maybe(random, () => output["scale_bits"] = random.Next(1, 17));
                Maybe(random, () => output["buffer_bitwidth"] = random.Next(31, 41));
            }
        }

        foreach (Layer layer in model.GraphLayers.Where(layer => layer is ReLU { MaxValue: not null } && config.ContainsKey(layer.Name)))
        {
            Maybe(random, () =>
                ((QuantSettings)config[layer.Name]!)["max_value_quantizer"] = new QuantSettings { ["bitwidth"] = random.Next(1, 17) });
        }

        return config;
    }

    internal static void Maybe(Random random, Action change)
    {
        if (Chance(random, 5))
        {
            change();
        }
    }

    internal static bool Chance(Random random, int of) => random.Next(of) == 0;

    internal static T Pick<T>(Random random, params T[] values) => values[random.Next(values.Length)];
}

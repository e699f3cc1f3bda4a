using AkidaQuant.Akida.Conversion;
using AkidaQuant.Execution;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Akida;
using AkidaQuant.Tests.Reference;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>What holds for every repaired network.</summary>
internal static class RepairCase
{
    /// <summary>Of the greatest output: what another order of the same sums may change.</summary>
    public const double Rounding = 1e-6;

    private const int SampleCount = 12;

    /// <summary>
    /// Repairs a network that does not convert, and checks that the repaired one computes the same, needs no repair and no rewrite, and
    /// converts with each scheme to an Akida model that gives the integers of the quantized one, while the network that came in
    /// is quantized as before.
    /// </summary>
    /// <param name="model">A float network whose input shape is known.</param>
    /// <param name="rules">Rules that the changes name, in this order; none to look at no rule.</param>
    /// <param name="tolerance">Of the greatest float output; 0 where sums stay as they are.</param>
    /// <param name="samples">Samples of its input; random ones unless given.</param>
    /// <param name="options">For what to repair: Akida 2.0 and the scheme of the network unless given.</param>
    /// <returns>The repaired network.</returns>
    public static Model Check(
        Model model, string[]? rules = null, double tolerance = Rounding, SampleSet? samples = null, RepairOptions? options = null)
    {
        samples ??= Samples(model);
        options = (options ?? new RepairOptions()) with { Samples = samples };
        string before = Integers(model, samples);
        Model repaired = Repairer.Repair(model, options);
        Assert.NotNull(repaired.Repair);
        Assert.Empty(repaired.Repair.Left);
        Assert.NotEmpty(repaired.Repair.Changes);
        if (rules is not null)
        {
            Assert.Equal(rules, repaired.Repair.Changes.Select(change => change.Rule));
        }

        Assert.Equal(before, Integers(model, samples));
        AssertSameFloats(model, repaired, samples, tolerance);
        Assert.Same(repaired, Sanitizer.Run(repaired));
        Assert.Same(repaired, Repairer.Repair(repaired, options));
        AssertSameIntegers(repaired, samples, options.Version, options.Parameters);
        if (options.Version == AkidaVersion.V2 && !repaired.Repair.Changes.Any(change => change.IsOwnForm))
        {
            Assert.Empty(ReferenceConverter.Refusals(Exported.Model(Quantize(repaired, samples, options.Parameters))));
        }

        if (options is { Version: AkidaVersion.V2, Parameters: null })
        {
            QuantizationParams scheme = repaired.Input.Scheme ?? new QuantizationParams();
            AssertSameIntegers(repaired, samples, options.Version, scheme with { PerTensorActivations = true });
        }

        return repaired;
    }

    /// <summary>Checks that a network comes back as it is, because it converts or because nothing helps.</summary>
    public static void CheckUntouched(Model model, RepairOptions? options = null) =>
        Assert.Same(model, Repairer.Repair(model, options ?? new RepairOptions()));

    /// <summary>The Akida model of a repaired network, quantized as it asks for.</summary>
    public static AkidaModel Convert(
        Model repaired, SampleSet samples, AkidaVersion version = AkidaVersion.V2, QuantizationParams? scheme = null) =>
        AkidaConverter.Convert(Quantize(repaired, samples, scheme), version);

    /// <summary>Random samples that fit the input of a network.</summary>
    public static SampleSet Samples(Model model, uint seed = 5) => model.Input.Type is { } type
        ? RandomSamples.Create(model.InputShape, SampleCount, type, seed)
        : RandomSamples.CreateFloats(model.InputShape, SampleCount, seed, -1, 1);

    /// <summary>All float outputs of two networks are equal up to a part of the greatest.</summary>
    public static void AssertSameFloats(Model expected, Model actual, SampleSet samples, double tolerance = 0, double? bound = null)
    {
        Assert.Equal(expected.Outputs.Count, actual.Outputs.Count);
        (float[][] wanted, float[][] given) = (Floats(expected, samples), Floats(actual, samples));
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.Equal(wanted[i].Length, given[i].Length);
            double most = bound ?? (tolerance * wanted[i].Max(MathF.Abs));
            Assert.All(wanted[i].Zip(given[i]), pair => Assert.InRange((double)pair.First - pair.Second, -most, most));
        }
    }

    /// <summary>
    /// All float outputs of two networks are equal up to the rounding of sums in another order, which goes with the values that are summed:
    /// a part of the greatest value of any layer, since what is left of great ones that cancel each other is no better than these, for each
    /// layer that sums.
    /// </summary>
    public static void AssertSameSums(Model expected, Model actual, SampleSet samples)
    {
        float greatest = Layers(expected, samples).Max(values => values.Max(MathF.Abs));
        int sums = expected.GraphLayers.Count(layer => layer.HasQuantizableWeights);
        AssertSameFloats(expected, actual, samples, bound: Rounding * greatest * Math.Max(1, sums));
    }

    /// <summary>The Akida model of a repaired network gives the integers of the quantized one.</summary>
    public static void AssertSameIntegers(Model repaired, SampleSet samples, AkidaVersion version, QuantizationParams? scheme)
    {
        Model quantized = Quantize(repaired, samples, scheme);
        EmulatorComparison comparison = EmulatorComparison.Run(quantized, AkidaConverter.Convert(quantized, version), samples);
        Assert.True(comparison.Potentials > 0);
        Assert.Equal(0, comparison.DifferentPotentials);
        Assert.Equal(0, comparison.DifferentFloats);
    }

    /// <summary>Calibrated on all samples at once: none lies outside of the range of the input.</summary>
    private static Model Quantize(Model model, SampleSet samples, QuantizationParams? scheme) =>
        Quantizer.Quantize(model, new QuantizeOptions { Parameters = scheme, Samples = samples, BatchSize = samples.Count });

    /// <summary>What quantizing a network gives, as a text that tells one result from another: a refusal is one, too.</summary>
    private static string Integers(Model model, SampleSet samples)
    {
        try
        {
            return string.Join(' ', Floats(Quantize(model, samples, null), samples).SelectMany(values => values));
        }
        catch (QuantException refusal)
        {
            return refusal.Message;
        }
    }

    /// <summary>The outputs of a network, one array each.</summary>
    public static float[][] Floats(Model model, SampleSet samples) => Values(model, samples, model.Outputs);

    private static float[][] Layers(Model model, SampleSet samples) => Values(model, samples, model.Nodes.Select(node => node.Name));

    private static float[][] Values(Model model, SampleSet samples, IEnumerable<string> layers)
    {
        PlanRunner runner = new(model.Plan, samples.Count);
        SampleInput.Load(model.Input.Fit(samples, model.Name), 0, samples.Count, runner.Input, model.Input.Integers, model.Name);
        runner.Run(samples.Count);
        return [.. layers.Select(layer => Values(runner[model.Plan.Position(layer)], samples.Count))];
    }

    private static float[] Values(TensorData data, int count) => data is FloatData floats
        ? floats.Values(count).ToArray()
        : Array.ConvertAll(EmulatorComparison.Integers(data, count), value => (float)value);
}

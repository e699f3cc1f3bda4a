using AkidaQuant.Akida.Conversion;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Akida;
using AkidaQuant.Tests.Akida.Conversion;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>What holds for every network that is repaired for Akida 1.0.</summary>
internal static class Version1Case
{
    private const int SampleCount = 8;

    /// <summary>
    /// Repairs a network, and checks that the repaired one computes the same over its samples, needs no repair and no rewrite, and converts
    /// with the scheme that it carries: each layer within a level of the quantized one for the same input, and with activations of
    /// one bit all levels equal.
    /// </summary>
    /// <param name="model">A float network that does not convert.</param>
    /// <param name="tolerance">Of the greatest float output; 0 where sums stay as they are.</param>
    /// <param name="samples">Samples of its input; random ones from 0 to 1, or bytes, unless given.</param>
    /// <returns>The repaired network.</returns>
    public static Model Check(Model model, double tolerance = 0, SampleSet? samples = null)
    {
        samples ??= Samples(model);
        RepairOptions options = new() { Version = AkidaVersion.V1, Samples = samples };
        Model repaired = Repairer.Repair(model, options);
        Assert.NotNull(repaired.Repair);
        Assert.Empty(repaired.Repair.Left);
        RepairCase.AssertSameFloats(Sanitizer.Run(model), repaired, samples, tolerance);
        Assert.Same(repaired, Sanitizer.Run(repaired));
        Assert.Same(repaired, Repairer.Repair(repaired, options));

        Model levels = Quantize(repaired, samples, null);
        (AkidaModel akida, bool meanOthers) = Version1Levels.Convert(levels);
        if (!meanOthers)
        {
            Version1Levels.AssertWithinOne(levels, akida, samples);
        }

        Model bits = Quantize(repaired, samples, repaired.Input.Scheme! with { ActivationBits = 1 });
        EmulatorComparison comparison = EmulatorComparison.Run(bits, AkidaConverter.Convert(bits, AkidaVersion.V1), samples);
        Assert.True(comparison.Potentials > 0);
        Assert.Equal(0, comparison.DifferentPotentials);
        return repaired;
    }

    public static SampleSet Samples(Model model) => model.Input.Type is { } type
        ? RandomSamples.Create(model.InputShape, SampleCount, type, 5)
        : RandomSamples.CreateFloats(model.InputShape, SampleCount, 5, 0, 1);

    private static Model Quantize(Model model, SampleSet samples, QuantizationParams? scheme) =>
        Quantizer.Quantize(model, new QuantizeOptions { Parameters = scheme, Samples = samples, BatchSize = samples.Count });
}

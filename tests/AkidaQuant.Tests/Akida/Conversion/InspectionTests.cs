using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Networks;
using CsCheck;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>The conversion asked for all problems is the conversion that stops at the first.</summary>
public sealed class InspectionTests
{
    [Fact]
    public void A_network_without_problems_converts_and_the_first_error_of_any_other_is_among_its_problems() =>
        Gen.Select(Gen.OneOf(RandomNetwork.Any, RandomNetwork.Padded, RandomNetwork.Convertible), Gen.Enum<AkidaVersion>()).Sample(
            (network, version) =>
            {
                Model quantized = Quantizer.Quantize(network.Model, new QuantizeOptions
                {
                    Parameters = network.Parameters,
                    SampleCount = 2,
                    Seed = 3,
                });
                AkidaInspection inspection = AkidaConverter.Inspect(quantized, version);
                if (inspection.Problems.Count == 0)
                {
                    AkidaModel converted = AkidaConverter.Convert(quantized, version);
                    Assert.Equal(
                        converted.Layers.Where(layer => layer is not AkidaInputData).Select(layer => layer.Name),
                        inspection.Blocks.Where(block => block.Akida is not null).Select(block => block.Akida!.Name));
                    return;
                }

                QuantException error = Assert.Throws<QuantException>(() => AkidaConverter.Convert(quantized, version));
                Assert.Contains(inspection.Problems, problem => problem.Rule == error.Id && problem.Message == Said(error));
                Assert.Equal(inspection.Problems.Count, inspection.Problems.Distinct().Count());
            },
            iter: RandomNetwork.Count,
            print: pair => pair.Item1.ToString());

    [Fact]
    public void One_problem_does_not_hide_the_next()
    {
        Model model = Networks.Chain(
            Networks.Image(),
            Networks.Conv("first", width: 1, bits: 6),
            Networks.Pool("pool", (2, 3)),
            Networks.Relu("relu"),
            Networks.Conv("second", channels: 2, width: 5) with
            {
                Window = new() { KernelSize = (3, 5), Strides = (2, 1), Padding = AkidaQuant.Geometry.Padding.Same },
            });
        Assert.Equal(
            [
                ("AkidaKernelNotSquare", "first"),
                ("AkidaWeightBits", "first"),
                ("AkidaPoolNotSquare", "pool"),
                ("AkidaKernelNotSquare", "second"),
                ("AkidaStridesNotEqual", "second"),
            ],
            AkidaConverter.Inspect(model, AkidaVersion.V2).Problems
                .Where(problem => problem.Rule != "AkidaPoolPadding").Select(problem => (problem.Rule, problem.Layer!)));
    }

    /// <summary>What is wrong, without the hint that there may be more.</summary>
    private static string Said(QuantException error) =>
        error.Message.Replace(ConversionContext.WhereAllAre, string.Empty, StringComparison.Ordinal);
}

using System.Globalization;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Formats.Onnx;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using CsCheck;

namespace AkidaQuant.Tests.Formats.Onnx.Quantized;

/// <summary>Random networks from ONNX on their whole way: quantized by any scheme, then converted and emulated.</summary>
public sealed class OnnxQuantizedNetworkTests(ITestOutputHelper output)
{
    private const int NetworkCount = 150;
    private const int SampleCount = 12;

    /// <summary>
    /// Nothing but an error that a user can act on stops one, and the emulator gives what the quantized network gives. Many have
    /// what stays in float (a softmax, squeeze-and-excitation, averages over a border) or what Akida lacks.
    /// </summary>
    [Fact]
    public void Networks_of_known_blocks_quantize_and_convert()
    {
        int complete = 0;
        int converted = 0;
        int total = 0;
        Dictionary<string, (int Count, string First)> reasons = new(StringComparer.Ordinal);
        Gen.UInt.Select(seed => OnnxCase.Build(seed, OnnxNetworkBuilder.Build))
            .Sample(
                network =>
                {
                    Random random = new((int)network.Seed);
                    Model model = OnnxReader.Read("network.onnx", network.Graph.ToBytes());
                    SampleSet samples = SampleSet.FromArray(
                        OnnxComparison.Random(random, SampleCount * network.Sample.Size, -2, 2),
                        network.Sample);
                    Stage stage = Run(model, samples, random, reasons);
                    total++;
                    complete += stage >= Stage.Complete ? 1 : 0;
                    converted += stage == Stage.Converted ? 1 : 0;
                },
                iter: NetworkCount,
                threads: 1);
        output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{complete} of {total} networks are integers only, {converted} run on Akida."));
        foreach ((string id, (int times, string first)) in reasons)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id}: {times}, the first: {first}"));
        }

        Assert.True(complete >= 0.3 * total, $"Only {complete} of {total} networks are integers only.");
        Assert.True(converted >= 0.05 * total, $"Only {converted} of {total} networks run on Akida.");
    }

    private static Stage Run(Model model, SampleSet samples, Random random, Dictionary<string, (int Count, string First)> reasons)
    {
        bool isComplete = true;
        Stage stage = Stage.Imported;
        try
        {
            Model quantized = Quantizer.Quantize(model, new QuantizeOptions
            {
                Samples = samples,
                BatchSize = SampleCount,
                Parameters = new QuantizationParams
                {
                    WeightBits = random.Next(2) == 0 ? 8 : 4,
                    InputWeightBits = 8,
                    ActivationBits = random.Next(2) == 0 ? 8 : 4,
                    PerTensorActivations = random.Next(3) == 0,
                    InputType = random.Next(2) == 0 ? IntegerType.UInt8 : IntegerType.Int8,
                },
                Warning = warning =>
                {
                    if (warning.StartsWith("Quantization stops", StringComparison.Ordinal))
                    {
                        isComplete = false;
                        Count(reasons, warning.Split('(', 2)[^1].Split(". A Dequantizer", 2)[0], warning);
                    }
                },
            });
            float[] expected = [.. Inference.Run(quantized, samples).SelectMany(batch => batch.Values)];
            stage = isComplete ? Stage.Complete : Stage.Imported;
            Assert.All(expected, value => Assert.True(float.IsFinite(value)));
            Assert.True(
                !isComplete || quantized.GraphLayers.All(layer => layer is QuantizedLayer or InputLayer or InputQuantizer or Dequantizer));
            if (isComplete)
            {
                AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
                float[] emulated = [.. Emulator.Run(akida, samples).SelectMany(batch => batch.Values)];
                Assert.Equal(expected, emulated);
                stage = Stage.Converted;
            }
        }
        catch (QuantException error)
        {
            Count(reasons, error.Id, error.Message.Split('\n')[0]);
        }

        return stage;
    }

    private static void Count(Dictionary<string, (int Count, string First)> reasons, string reason, string text) =>
        reasons[reason] = reasons.TryGetValue(reason, out (int Count, string First) before)
            ? before with
            {
                Count = before.Count + 1,
            }
            : (1, text);

    private enum Stage
    {
        Imported,
        Complete,
        Converted,
    }
}

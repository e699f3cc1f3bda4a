using System.Collections.Concurrent;
using System.Globalization;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Quantization;
using CsCheck;

namespace AkidaQuant.Tests.Networks;

/// <summary>
/// Random networks, half of them with channels scaled by 2^-12 to 2, quantized as from Keras and as from an ONNX file. The measure is
/// the relative L2 error of the outputs on 32 samples that were not calibrated with. Noise is what two roundings of the same network
/// differ by on samples that neither has seen: half of the error, and 0.02; with fewer than 5 bits it is so large that nothing is said.
/// </summary>
public sealed class OnnxDefaultPropertyTests(ITestOutputHelper output)
{
    private const int SampleCount = 32;

    private readonly ConcurrentQueue<(double Before, double After)> _errors = new();

    [Fact]
    public void The_default_for_ONNX_networks_is_never_worse_than_the_plain_scheme()
    {
        Gen.OneOf(RandomNetwork.Convertible, RandomNetwork.Any).Sample(
            network =>
            {
                Model model = Scaled(network);
                SampleSet samples = OutputDistance.Uniform(model.InputShape, OutputDistance.CalibrationSeed, SampleCount);
                SampleSet tests = OutputDistance.Uniform(model.InputShape, OutputDistance.TestSeed, SampleCount);
                float[] expected = Small.Outputs(model, tests);
                if (expected.All(value => value == 0) || FewestBits(network.Parameters) < 5)
                {
                    return true;
                }

                double before = Error(OutputDistance.AsKeras(model));
                double after = Error(model);
                _errors.Enqueue((before, after));
                return after <= (before * 1.5) + 0.02;

                double Error(Model given) => OutputDistance.Relative(expected, Small.Outputs(
                    Quantizer.Quantize(given, new QuantizeOptions
                    {
                        Samples = samples,
                        BatchSize = SampleCount,
                        Parameters = network.Parameters with { InputType = IntegerType.Int8 },
                    }),
                    tests));
            },
            iter: RandomNetwork.Count);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_errors.Count} networks, {_errors.Count(error => error.Before != error.After)} differ; geometric mean of the errors {Mean(_errors.Select(error => error.Before)):G3} before, {Mean(_errors.Select(error => error.After)):G3} after."));
        Assert.Contains(_errors, error => error.After < error.Before);
    }

    private static int FewestBits(QuantizationParams parameters) => new[]
    {
        parameters.WeightBits, parameters.InputWeightBits, parameters.ActivationBits, parameters.OutputBits,
    }.Min();

    private static double Mean(IEnumerable<double> errors) => Math.Exp(errors.Average(error => Math.Log(Math.Max(error, 1e-6))));

    private static Model Scaled(RandomNetwork network)
    {
        Random random = new((int)network.Seed);
        bool isScaled = random.Next(2) == 0;
        return network.Model.WithLayers(layer => layer switch
        {
            InputLayer input => input with { IsFromOnnx = true, Type = null },
            Conv2D convolution when isScaled && random.Next(2) == 0 => convolution.ScaleOutputs(
                [.. Enumerable.Range(0, convolution.Filters).Select(_ => MathF.ScaleB(1f, random.Next(-12, 2)))]),
            _ => layer,
        });
    }
}

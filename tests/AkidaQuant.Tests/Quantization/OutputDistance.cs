using AkidaQuant.Layers;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Quantization;

/// <summary>How far the outputs of quantized networks are from float ones, on samples that they were not calibrated with.</summary>
internal static class OutputDistance
{
    public const int SampleCount = 64;
    public const ulong CalibrationSeed = 1;
    public const ulong TestSeed = 2;

    /// <summary>Samples that are uniform from -1 to 1.</summary>
    public static SampleSet Uniform(Shape shape, ulong seed, int count = SampleCount) =>
        RandomSamples.CreateFloats(shape, count, seed, -1, 1);

    /// <summary>The norm of the difference of the outputs, as a share of that of the float outputs.</summary>
    public static double Relative(Model floating, Model quantized, SampleSet samples) =>
        Relative(Small.Outputs(floating, samples), Small.Outputs(quantized, samples));

    /// <inheritdoc cref="Relative(Model, Model, SampleSet)"/>
    public static double Relative(IReadOnlyList<float> expected, IReadOnlyList<float> actual)
    {
        double difference = expected.Zip(actual, (one, other) => Math.Pow(one - other, 2)).Sum();
        return Math.Sqrt(difference / expected.Sum(value => Math.Pow(value, 2)));
    }

    /// <summary>The network as one from Keras, whose integers are the reference's.</summary>
    public static Model AsKeras(Model model) => From(model, isOnnx: false);

    /// <summary>The network as one from an ONNX file or not.</summary>
    public static Model From(Model model, bool isOnnx) =>
        model.WithLayers(layer => layer is InputLayer input ? input with { IsFromOnnx = isOnnx } : layer);

    /// <summary>The same width everywhere.</summary>
    public static QuantizationParams OfBits(int bits) =>
        new() { WeightBits = bits, InputWeightBits = bits, ActivationBits = bits, OutputBits = bits };
}

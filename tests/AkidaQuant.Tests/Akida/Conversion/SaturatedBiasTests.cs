using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>Biases beyond what the sums of a layer hold, such as those of channels whose weights are all zero.</summary>
public class SaturatedBiasTests
{
    [Fact]
    public void The_bias_of_a_dead_channel_saturates_as_in_the_quantized_model()
    {
        Model quantized = Quantized(bias: [200f, 0.5f], weights: [0, 1, 0, -1, 0, 1, 0, 1]);
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        SampleSet samples = Samples();
        int[] potentials =
        [
            .. Emulator
                .RunPotentials(akida, samples, cancellation: TestContext.Current.CancellationToken)
                .SelectMany(batch => batch.Values),
        ];
        Assert.Equal((1 << 27) - 1, potentials[0]);
        float[] outputs =
        [
            .. Emulator.Run(akida, samples, cancellation: TestContext.Current.CancellationToken).SelectMany(batch => batch.Values),
        ];
        Assert.Equal(
            Inference.Run(quantized, samples, cancellation: TestContext.Current.CancellationToken).SelectMany(batch => batch.Values),
            outputs);
    }

    [Fact]
    public void A_bias_that_saturates_a_channel_with_weights_is_refused()
    {
        Model quantized = Quantized(bias: [200f, 0.5f], weights: [1e-6f, 1, 0, -1, 0, 1, 0, 1]);
        QuantException error = Assert.Throws<QuantException>(() => AkidaConverter.Convert(quantized, AkidaVersion.V2));
        Assert.Equal("AkidaBiasSaturated", error.Id);
    }

    private static SampleSet Samples() => SampleSet.FromArray(new sbyte[] { 1, 2, 3, 4, -5, 6, 7, -128 }, new Shape(4));

    private static Model Quantized(float[] bias, float[] weights)
    {
        Dense dense = new()
        {
            Name = "dense",
            Units = 2,
            Kernel = new NdArray<float>(new Shape(4, 2), weights),
            Bias = NdArray<float>.Vector(bias),
        };
        InputLayer input = new()
        {
            Name = "input",
            Shape = new Shape(4),
            Type = IntegerType.Int8,
        };
        Model model = Model.Create("bias", isSequential: false, [new Node(input, []), new Node(dense, ["input"])], ["dense"]);
        return Quantizer.Quantize(model, new QuantizeOptions { Samples = Samples() });
    }
}

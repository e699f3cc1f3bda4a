using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics.Quantizers;
using AkidaQuant.Optimization.Distillation;
using CsCheck;

namespace AkidaQuant.Tests.Optimization.Distillation;

public sealed class TrainedKernelTests
{
    private static readonly Gen<(int Bits, int Rows, int Channels, int Seed)> Cases =
        Gen.Select(Gen.Int[2, 8], Gen.Int[1, 20], Gen.Int[1, 5], Gen.Int[0, 9999]);

    [Fact]
    public void At_first_it_is_the_kernel_as_it_is_quantized() => Cases.Sample(
        given =>
        {
            NdArray<float> kernel = Random(given);
            TrainedKernel trained = Trained(kernel, given.Bits, given.Channels);
            QuantizedWeights expected = WeightQuantization.Quantize(kernel, given.Bits, signed: true, axis: -1);
            QuantizedWeights found = WeightQuantization.Quantize(trained.ToArray(), given.Bits, signed: true, axis: -1);
            Assert.Equal(expected.Values.Values, found.Values.Values);
        },
        iter: 200);

    [Fact]
    public void Quantization_derives_the_integers_that_were_trained() => Cases.Sample(
        given =>
        {
            TrainedKernel trained = Trained(Random(given), given.Bits, given.Channels);
            Random random = new(given.Seed);
            int greatest = (1 << (given.Bits - 1)) - 1;
            for (int i = 0; i < trained.Integers.Length; i++)
            {
                trained.Integers[i] = (float)(((2 * random.NextDouble()) - 1) * greatest * 1.5);
            }

            for (int i = 0; i < trained.Logarithms.Length; i++)
            {
                trained.Logarithms[i] += (float)((2 * random.NextDouble()) - 1);
            }

            trained.Refresh();
            QuantizedWeights found = WeightQuantization.Quantize(trained.ToArray(), given.Bits, signed: true, axis: -1);
            for (int i = 0; i < trained.Integers.Length; i++)
            {
                int channel = i % given.Channels;
                float scale = found.Scales!.Values[channel];
                Assert.Equal(Math.Exp(trained.Logarithms[channel]), scale, scale * 1e-5);
                Assert.Equal(trained.Weights[i], found.Values.Values[i] * scale, Math.Abs(trained.Weights[i]) * 1e-5f);
                bool isGreatest = Math.Abs(found.Values.Values[i]) == greatest;
                Assert.True(isGreatest || found.Values.Values[i] == MathF.Round(trained.Integers[i]));
            }
        },
        iter: 200);

    [Fact]
    public void A_filter_of_zeros_stays_one()
    {
        NdArray<float> kernel = new(new Shape(2, 2), [0, 1, 0, -3]);
        TrainedKernel trained = Trained(kernel, 4, 2);
        trained.Integers[0] = 5;
        trained.Refresh();
        Assert.Equal([0, 0], [trained.Weights[0], trained.Weights[2]]);
        float[] gradients = [1, 1, 1, 1];
        trained.Differentiate(gradients, new float[2]);
        Assert.Equal([0, 0], [gradients[0], gradients[2]]);
        Assert.All([gradients[1], gradients[3]], gradient => Assert.Equal(3 / 7f, gradient, 5));
    }

    [Fact]
    public void Gradients_are_by_integers_and_by_logarithms_of_scales()
    {
        TrainedKernel trained = Trained(new NdArray<float>(new Shape(2, 1), [1.5f, -0.5f]), 3, 1);
        Assert.Equal([3, -1], trained.Integers);
        float[] gradients = [2, 5];
        float[] byLogarithm = [9];
        trained.Differentiate(gradients, byLogarithm);
        Assert.Equal(1, gradients[0], 5);
        Assert.Equal(2.5, gradients[1], 5);
        Assert.Equal((2 * 1.5) - (5 * 0.5), byLogarithm[0], 5);
    }

    [Fact]
    public void Kernels_of_fractional_bits_are_not_trained() => Assert.Null(TrainedKernel.Of(
        new NdArray<float>(new Shape(2, 1), [1, 2]),
        QuantizerSettings.OfKernel(
            "layer", new QuantSettings { ["weight_quantizer"] = new QuantSettings { ["bitwidth"] = 4, ["fp_quantizer"] = true } }),
        "weight_quantizer",
        _ => 1,
        1));

    private static TrainedKernel Trained(NdArray<float> kernel, int bits, int groups) => TrainedKernel.Of(
        kernel,
        QuantizerSettings.OfKernel("layer", new QuantSettings { ["weight_quantizer"] = new QuantSettings { ["bitwidth"] = bits } }),
        "weight_quantizer",
        _ => groups,
        1)!;

    private static NdArray<float> Random((int Bits, int Rows, int Channels, int Seed) given)
    {
        Random random = new(given.Seed);
        return new NdArray<float>(
            new Shape(given.Rows, given.Channels),
            [.. Enumerable.Range(0, given.Rows * given.Channels).Select(_ => (float)((2 * random.NextDouble()) - 1))]);
    }
}

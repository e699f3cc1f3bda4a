using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Networks;
using CsCheck;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>Levels of Akida 1.0 beside those of the quantized model: equal at one bit, within one at more (convert.md 9.4).</summary>
public sealed class Version1LevelTests
{
    private const int Samples = 8;

    [Fact]
    public void One_bit_levels_equal_those_of_the_quantized_model_whatever_biases_steps_bounds_and_pools_are() =>
        Gen.Int[0, int.MaxValue].Sample(
            seed =>
            {
                (Model quantized, SampleSet samples) = Quantize(Version1Network.Of(seed), seed, bits: 1);
                AkidaModel model = AkidaConverter.Convert(quantized, AkidaVersion.V1);
                Assert.Equal(0, EmulatorComparison.Run(quantized, model, samples).DifferentPotentials);
            },
            iter: 80,
            threads: 1);

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Levels_of_more_bits_are_within_one_for_the_same_input(int bits) =>
        Gen.Int[0, int.MaxValue].Sample(
            seed =>
            {
                (Model quantized, SampleSet samples) = Quantize(Version1Network.Of(seed, Version1Network.WithAllLevels), seed, bits);
                (AkidaModel model, bool meanOthers) = Version1Levels.Convert(quantized);
                if (!meanOthers)
                {
                    Version1Levels.AssertWithinOne(quantized, model, samples);
                }
            },
            iter: 40,
            threads: 1);

    [Fact]
    public void One_bit_levels_stay_where_a_step_is_beyond_its_limit()
    {
        Model quantized = Networks.Chain(
            Networks.Image(),
            Networks.WithBias(Networks.Conv("conv"), 8),
            Networks.Relu4("relu") with
            {
                OutputQuantizer = new OutputQuantizer { Bitwidth = 1, Signed = false, RangeMax = NdArray<float>.Scalar(6e5f) },
                MaxValue = 1e6f,
            },
            new QuantizedFlatten { Name = "flatten" },
            Networks.Dense("dense", 128, bits: 4));
        AkidaModel model = AkidaConverter.Convert(quantized, AkidaVersion.V1);
        Assert.All(model["conv"].Variables.Find<float>("act_step")!.Values, step => Assert.Equal((1 << 20) - 1, step));
        Assert.Equal(
            quantized.Plan["dense"].Prepared.Recorded.Tensor("weight_quantizer/qweights")!.Values.Values.Sum(),
            model["dense"].Variables.Find<sbyte>("weights")!.Values.Sum(weight => weight));
    }

    [Fact]
    public void A_bound_below_half_a_step_lets_no_sum_reach_the_level()
    {
        Model quantized = Networks.Chain(
            Networks.Image(),
            Networks.WithBias(Networks.Conv("conv"), 8),
            Networks.Relu4("relu") with
            {
                OutputQuantizer = new OutputQuantizer { Bitwidth = 1, Signed = false, RangeMax = NdArray<float>.Scalar(200f) },
                MaxValue = 40f,
            });
        AkidaModel model = AkidaConverter.Convert(quantized, AkidaVersion.V1);
        SampleSet samples = SampleSet.FromArray(Enumerable.Range(0, 640).Select(i => (byte)(i * 37)).ToArray(), quantized.InputShape);
        Assert.Equal(0, EmulatorComparison.Run(quantized, model, samples).DifferentPotentials);
        Assert.All(
            Emulator.RunPotentials(model, samples, cancellation: TestContext.Current.CancellationToken).SelectMany(batch => batch.Values),
            level => Assert.Equal(0, level));
    }

    private static (Model Quantized, SampleSet Samples) Quantize(Model floating, int seed, int bits)
    {
        SampleSet samples = RandomSamples.Create(floating.InputShape, Samples, IntegerType.UInt8, (ulong)seed);
        Model quantized = Quantizer.Quantize(floating, new QuantizeOptions
        {
            Samples = samples,
            Parameters = new QuantizationParams
            {
                WeightBits = seed % 3 == 0 ? 2 : 4,
                InputWeightBits = seed % 2 == 0 ? 4 : 8,
                ActivationBits = bits,
                PerTensorActivations = true,
            },
        });
        return (quantized, samples);
    }
}

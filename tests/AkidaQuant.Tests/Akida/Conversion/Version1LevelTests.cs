using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
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
                (Model quantized, AkidaModel model, SampleSet samples) = Convert(Version1Network.Of(seed), seed, bits: 1);
                Assert.Equal(0, EmulatorComparison.Run(quantized, model, samples).DifferentPotentials);
            },
            iter: 80,
            threads: 1);

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Levels_of_more_bits_of_a_first_layer_are_within_one(int bits) =>
        Gen.Int[0, int.MaxValue].Sample(
            seed =>
            {
                (Model quantized, AkidaModel model, SampleSet samples) = Convert(
                    Version1Network.Of(seed, Version1Network.WithAllLevels), seed, bits);
                string relu = quantized.GraphLayers.First(layer => layer is QuantizedReLU).Name;
                if (IsLimited(model.Layers[0]) || LastLevel(quantized, relu) < (1 << bits) - 1)
                {
                    return;
                }

                long[] expected = Integers(quantized.Plan, quantized.Plan.Position(relu), samples);
                long[] actual = Integers(model.Plan, 0, samples);
                Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
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
        Assert.All(Integers(model.Plan, 0, samples), level => Assert.Equal(0, level));
    }

    private static (Model Quantized, AkidaModel Model, SampleSet Samples) Convert(Model floating, int seed, int bits)
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
        return (quantized, AkidaConverter.Convert(quantized, AkidaVersion.V1), samples);
    }

    /// <summary>Whether a step was beyond what Akida 1.0 holds, so that levels mean something else (convert.md 9.5).</summary>
    private static bool IsLimited(AkidaLayer layer) => layer.Variables.Find<float>("act_step")!.Values.Any(step => step >= (1 << 20) - 1);

    /// <summary>The level of a rectifier's bound, at which Akida 1.0 does not stop.</summary>
    private static long LastLevel(Model quantized, string relu)
    {
        var layer = (QuantizedReLU)quantized.NodeOf(relu).Layer;
        var output = (QuantizedSpec)quantized.Plan[relu].Prepared.Output;
        return (long)Math.Floor(
            (layer.MaxValue!.Value * layer.OutputQuantizer!.RescalingRate.Values[0] * Math.ScaleB(1, output.FracBits[0])) + 0.5);
    }

    private static long[] Integers(ExecutionPlan plan, int step, SampleSet samples)
    {
        PlanRunner runner = new(plan, samples.Count);
        SampleInput.Load(samples, 0, samples.Count, runner.Input, (new ValueRange(0, 255), "uint8"), "model");
        runner.Run(samples.Count);
        return EmulatorComparison.Integers(runner[step], samples.Count);
    }
}

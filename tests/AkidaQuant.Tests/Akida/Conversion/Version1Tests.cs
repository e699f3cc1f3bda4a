using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>Conversion to Akida 1.0, which is close to the quantized model but not equal (convert.md 9.4).</summary>
public sealed class Version1Tests
{
    [Fact]
    public void Unbounded_activations_keep_the_digits_from_converting()
    {
        QuantException error = Assert.Throws<QuantException>(
            () => AkidaConverter.Convert(VectorCase.Open("digits_lenet_akida1").ReadModel("quantized.h5"), AkidaVersion.V1));
        Assert.Equal("AkidaV1ReluUnbounded", error.Id);
    }

    [Fact]
    public void Digits_with_bounded_activations_convert_and_keep_nearly_all_classes()
    {
        VectorCase vectors = VectorCase.Open("digits_lenet_akida1");
        Model bounded = Bounded(vectors.ReadModel("quantized.h5"));
        AkidaModel model = AkidaConverter.Convert(bounded, AkidaVersion.V1);
        Assert.Equal(["conv_0", "conv_1", "conv_2", "fc_1", "classifier"], model.Layers.Select(layer => layer.Name));

        EmulatorComparison comparison = EmulatorComparison.Run(bounded, model, vectors.Samples("inputs.npz"));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{comparison.DifferentPotentials} of {comparison.Potentials} potentials differ, by at most {comparison.LargestDifference}; {comparison.DifferentClasses} classes differ");
        Assert.InRange(comparison.DifferentClasses, 0, 10);
    }

    [Fact]
    public void Threshold_and_step_follow_from_the_bias_and_the_output_quantizer()
    {
        VectorCase vectors = VectorCase.Open("digits_lenet_akida1");
        Model bounded = Bounded(vectors.ReadModel("quantized.h5"));
        AkidaLayer layer = AkidaConverter.Convert(bounded, AkidaVersion.V1)["conv_1"];
        RecordedVariables relu = bounded.Plan["relu_1"].Prepared.Recorded;
        long[] bias = bounded.Plan["conv_1"].Prepared.Recorded.Tensor("bias_quantizer/qweights")!.Values.Values;
        long[] scales = relu.Tensor("out_quantizer/qscales")!.Values.Values;
        int[] shifts = relu.Integers("out_quantizer/shift")!.Values;
        float[] steps = layer.Variables.Find<float>("act_step")!.Values;
        int[] thresholds = layer.Variables.Find<int>("threshold")!.Values;
        Assert.Equal(32, steps.Length);
        for (int c = 0; c < steps.Length; c++)
        {
            Assert.Equal(MathF.ScaleB(1, -shifts[c % shifts.Length]) / scales[c], steps[c]);
            Assert.Equal(-bias[c] + (int)MathF.Round(steps[c] / 2, MidpointRounding.ToEven), thresholds[c]);
        }
    }

    [Fact]
    public void Levels_of_a_first_layer_differ_by_at_most_one_from_the_quantized_model()
    {
        Model quantized = Networks.Chain(
            Networks.Image(),
            Networks.WithBias(Networks.Conv("conv"), 8),
            Networks.Pool("pool"),
            Networks.Relu4("relu"));
        AkidaModel model = AkidaConverter.Convert(quantized, AkidaVersion.V1);
        SampleSet samples = SampleSet.FromArray(Noise(64 * 50), quantized.InputShape);
        EmulatorComparison comparison = EmulatorComparison.Run(quantized, model, samples);
        Assert.Equal(50 * 4 * 4 * 2, comparison.Potentials);
        Assert.InRange(comparison.LargestDifference, 0, 1);
    }

    [Fact]
    public void Separable_convolutions_keep_both_kernels_and_their_pool()
    {
        Model quantized = Networks.Chain(
            Networks.Image(),
            Networks.Conv("conv"),
            Networks.Relu4("relu"),
            Networks.Separable("separable", 4, 4),
            new QuantizedGlobalAveragePooling2D { Name = "pool", Settings = [] },
            new Dequantizer { Name = "floats" });
        AkidaModel model = AkidaConverter.Convert(quantized, AkidaVersion.V1);
        AkidaSeparableConvolutional layer = Assert.IsType<AkidaSeparableConvolutional>(model.Layers[^1]);
        Assert.Equal(PoolType.Average, layer.PoolType);
        Assert.False(layer.Activation);
        Assert.Equal([new Shape(3, 3, 2, 1), new Shape(1, 1, 2, 2)], layer.KernelShapes.AsEnumerable());
        Assert.Equal(new Shape(1, 1, 2), model.OutputShape);

        SampleSet samples = SampleSet.FromArray(Noise(model.InputShape.Size), model.InputShape);
        int[] potentials = Emulator.RunPotentials(model, samples, cancellation: TestContext.Current.CancellationToken).Single().Values;
        float[] outputs = Emulator.Run(model, samples, cancellation: TestContext.Current.CancellationToken).Single().Values;
        float[] steps = layer.Variables.Find<float>("act_step")!.Values;
        Assert.Equal(potentials.Select((potential, channel) => potential / steps[channel % steps.Length]), outputs);
    }

    [Fact]
    public void Steps_beyond_the_limit_move_into_the_next_layers_weights()
    {
        Model quantized = Networks.Chain(
            Networks.Image(),
            Networks.Conv("conv"),
            Networks.Relu4("relu") with
            {
                OutputQuantizer = new OutputQuantizer
                {
                    Bitwidth = 4,
                    Signed = false,
                    RangeMax = NdArray<float>.Scalar(1e6f),
                },
                MaxValue = 1e6f,
            },
            new QuantizedFlatten { Name = "flatten" },
            Networks.Dense("dense", 128, bits: 4));
        AkidaModel model = AkidaConverter.Convert(quantized, AkidaVersion.V1);
        float[] steps = model["conv"].Variables.Find<float>("act_step")!.Values;
        Assert.All(steps, step => Assert.Equal((1 << 20) - 1, step));
        Assert.All(model["dense"].Variables.Find<sbyte>("weights")!.Values, weight => Assert.InRange(weight, -1, 0));
    }

    /// <summary>The model with bounds that its output quantizers reach anyway.</summary>
    private static Model Bounded(Model model) =>
        model.WithLayers(layer => layer is QuantizedReLU relu ? relu with { MaxValue = 1000f } : layer);

    private static byte[] Noise(int count)
    {
        byte[] values = new byte[count];
        new Random(7).NextBytes(values);
        return values;
    }
}

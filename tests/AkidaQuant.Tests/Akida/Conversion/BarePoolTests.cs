using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>
/// Maximum pools behind a convolution without an activation: sums are pooled, then quantized, where the quantized model does it the
/// other way.
/// </summary>
public sealed class BarePoolTests
{
    [Fact]
    public void The_emulator_equals_the_quantized_model() =>
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[2, 3], Gen.OneOf(4, 8))
            .Sample(
                (isDepthwise, isSame, isPerTensor, isLast, size, bits) =>
                {
                    ConvolutionWindow window = Graph.Window(3, padding: isSame ? Padding.Same : Padding.Valid);
                    Graph graph = new Graph(11, 12, 3).Conv("stem", 3, 3, 5).ReLU("relu");
                    graph = (isDepthwise
                        ? graph.Depthwise("conv", 3, 5, with: own => own with { Window = window })
                        : graph.Conv("conv", 3, 5, 5, with: own => own with { Window = window })).MaxPool("pool", size, window.Padding);
                    graph = isLast ? graph : graph.Conv("next", 1, 5, 4);
                    AkidaModel akida = AssertEqual(graph.Build(), new QuantizationParams
                    {
                        PerTensorActivations = isPerTensor,
                        ActivationBits = bits,
                        OutputBits = 8,
                    });
                    AkidaLayer found = akida.Layers.Single(layer => layer.Name == "conv");
                    AkidaSpatialLayer pooled = Assert.IsType<AkidaSpatialLayer>(found, exactMatch: false);
                    Assert.Equal((PoolType.Max, ActivationType.NoActivation, size), (pooled.PoolType, pooled.Activation, pooled.PoolSize));
                    Assert.Equal(isLast, pooled.Variables["output_scales"] is null);
                },
                iter: 16,
                threads: 1);

    [Fact]
    public void A_pool_that_two_layers_take_is_one_layer()
    {
        Model model = new Graph(12, 12, 3).Conv("stem", 3, 3, 4).ReLU("relu").Conv("conv", 3, 4, 4).MaxPool("pool")
            .Conv("left", 3, 4, 4).Conv("right", 3, 4, 4, ["pool"]).Sum("sum", "left", "right").Conv("last", 1, 4, 2).Build();
        AkidaModel akida = AssertEqual(model, new QuantizationParams());
        Assert.Equal(2, akida.Layers.Count(layer => layer.Inbounds.Contains("conv")));
    }

    [Fact]
    public void A_convolution_that_another_layer_takes_is_not_pooled_before_it_is_quantized()
    {
        Model model = new Graph(12, 12, 3).Conv("stem", 3, 3, 4).ReLU("relu").Conv("conv", 3, 4, 4).MaxPool("pool").Conv("left", 1, 4, 4)
            .Conv("right", 1, 4, 4, ["conv"], own => own with { Window = Graph.Window(1, 2) })
            .Sum("sum", "left", "right").Conv("last", 1, 4, 2).Build();
        QuantException error = Assert.Throws<QuantException>(() => AssertEqual(model, new QuantizationParams()));
        Assert.Equal(("AkidaPatternUnknown", "pool"), (error.Id, error.Target));
    }

    [Fact]
    public void A_quantizer_in_front_of_a_pool_with_an_activation_is_refused()
    {
        Model model = new Graph(12, 12, 3).Conv("stem", 3, 3, 4).ReLU("relu").Conv("conv", 3, 4, 4).MaxPool("pool").ReLU("pool_relu")
            .Conv("last", 1, 4, 2).Build();
        QuantConfig config = Quantizer.Preview(model, new QuantizeOptions());
        ((QuantSettings)config["conv"]!)["output_quantizer"] = new QuantSettings { ["bitwidth"] = 8 };
        QuantException error = Assert.Throws<QuantException>(() => AssertEqual(model, new QuantizationParams(), config));
        Assert.Equal(("AkidaInnerQuantizer", "conv"), (error.Id, error.Target));
    }

    private static AkidaModel AssertEqual(Model model, QuantizationParams parameters, QuantConfig? config = null)
    {
        SampleSet samples = RandomSamples.CreateFloats(model.InputShape, 8, 3, -1, 1);
        Model quantized = Quantizer.Quantize(
            model, new QuantizeOptions { Parameters = parameters, Config = config, Samples = samples, BatchSize = samples.Count });
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        EmulatorComparison comparison = EmulatorComparison.Run(quantized, akida, samples);
        Assert.True(comparison.Potentials > 0);
        Assert.Equal(0, comparison.DifferentPotentials);
        return akida;
    }
}

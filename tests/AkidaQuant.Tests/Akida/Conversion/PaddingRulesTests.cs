using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Quantization;
using CsCheck;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>What becomes of windows that state their pads or put the larger half before.</summary>
public sealed class PaddingRulesTests
{
    [Theory]
    [InlineData(3, 8, 8, Padding.SameUpper)]
    [InlineData(5, 8, 8, Padding.SameUpper)]
    [InlineData(7, 8, 8, Padding.SameUpper)]
    [InlineData(7, 12, 14, Padding.SameUpper)]
    [InlineData(3, 8, 9, Padding.SameUpper)]
    [InlineData(5, 9, 9, Padding.Same)]
    public void Networks_of_PyTorch_run_on_the_emulator_to_the_same_integers(int kernel, int height, int width, Padding expected)
    {
        Model model = Small.Chain(
            Small.Input(IntegerType.UInt8, height, width, 3),
            new Rescaling { Name = "rescale", Scale = [1 / 127.5], Offset = [-1] },
            Small.Convolution("stem", 3, 4) with { Window = Half(kernel, 2), Kernel = Small.Weights(kernel, kernel, 3, 4) },
            new ReLU { Name = "relu" },
            new DepthwiseConv2D { Name = "dw", Window = Half(3, 2), Kernel = Small.Weights(3, 3, 4, 1), Bias = Small.Weights(4) },
            new ReLU { Name = "relu_1" },
            Small.Convolution("conv", 4, 5) with { Window = Half(3, 2) },
            new ReLU { Name = "relu_2" },
            new Flatten { Name = "flat" },
            Small.Dense("dense", ((height + 7) / 8) * ((width + 7) / 8) * 5, 4));
        (Model quantized, AkidaModel akida) = Converted(model);
        Assert.NotNull(((QuantizedConv2D)quantized["stem"].Layer).PaddingValue);
        var stem = (AkidaInputConv2D)akida["stem"];
        Assert.Equal(expected, stem.Padding);
        Assert.Equal(KeyValuePair.Create("padding", (object)expected), stem.Parameters.Single(parameter => parameter.Key == "padding"));
    }

    [Fact]
    public void Inner_convolutions_of_even_images_have_the_larger_half_before()
    {
        Model model = Small.Chain(
            Small.Input(IntegerType.Int8, 8, 8, 2),
            Small.Convolution("conv", 2, 4) with { Window = Half(3, 2) },
            new ReLU { Name = "relu" },
            new DepthwiseConv2D { Name = "dw", Window = Half(3, 2), Kernel = Small.Weights(3, 3, 4, 1), Bias = Small.Weights(4) },
            new ReLU { Name = "relu_1" });
        (_, AkidaModel akida) = Converted(model);
        Assert.Equal(Padding.SameUpper, ((AkidaConv2D)akida["conv"]).Padding);
        Assert.Equal(Padding.SameUpper, ((AkidaDepthwiseConv2D)akida["dw"]).Padding);
    }

    [Fact]
    public void A_padding_is_the_one_that_computes_the_same() =>
        Gen.Select(Gen.Select(Gen.Int[5, 9], Gen.Int[5, 9]), Gen.OneOf(1, 3), Gen.Int[1, 2], Gen.Int[0, 1].Array[4])
            .Sample(
                (size, kernel, stride, sides) =>
                {
                    EdgePads pads = new(sides[0], sides[1], sides[2], sides[3]);
                    ConvolutionWindow window = new()
                    {
                        KernelSize = (kernel, kernel),
                        Strides = (stride, stride),
                        Padding = Padding.Explicit,
                        Pads = pads,
                    };
                    Model model = Small.Chain(
                        Small.Input(IntegerType.UInt8, size.Item1, size.Item2, 1),
                        Small.Convolution("conv", 1, 3) with
                        {
                            Window = window,
                            Kernel = Small.Weights(kernel, kernel, 1, 3),
                        },
                        new ReLU { Name = "relu" });
                    Shape input = model.InputShape;
                    Padding[] expected =
                    [
                        .. new[] { Padding.Same, Padding.SameUpper, Padding.Valid }.Where(padding =>
                            ConvolutionGeometry.Create(input, window.KernelSize, window.Strides, (1, 1), Padding.Explicit, 1, pads)
                            == ConvolutionGeometry.Create(input, window.KernelSize, window.Strides, (1, 1), padding, 1)),
                    ];
                    if (expected is [])
                    {
                        Assert.Equal("AkidaPadding", Assert.Throws<QuantException>(() => Converted(model)).Id);
                        return;
                    }

        (_, AkidaModel akida) = Converted(model);
        Assert.Equal(expected[0], ((AkidaInputConv2D)akida["conv"]).Padding);
    }, iter: 200);

    [Theory]
    [InlineData(1, 0, 9, 0, Padding.Valid)]
    [InlineData(1, 0, 8, 0, Padding.Same)]
    [InlineData(3, 0, 9, 0, Padding.Valid)]
    [InlineData(3, 1, 8, 0, Padding.Same)]
    [InlineData(3, 1, 9, 1, null)]
    [InlineData(3, 1, 9, 0, null)]
    public void A_pool_goes_with_the_convolution_when_both_have_one_padding(int kernel, int pads, int size, int poolPads, Padding? expected)
    {
        Model model = Small.Chain(
            Small.Input(IntegerType.UInt8, size, size, 1),
            Small.Convolution("conv", 1, 3) with { Window = Stated(kernel, 1, pads), Kernel = Small.Weights(kernel, kernel, 1, 3) },
            new MaxPooling2D { Name = "pool", Window = Stated(2, 2, poolPads) },
            new ReLU { Name = "relu" });
        if (expected is null)
        {
            QuantException error = Assert.Throws<QuantException>(() => Converted(model));
            Assert.Equal("AkidaPoolPadding", error.Id);
            Assert.Contains($"pads [{poolPads}, {poolPads}, {poolPads}, {poolPads}]", error.Message, StringComparison.Ordinal);
            return;
        }

        (_, AkidaModel akida) = Converted(model);
        Assert.Equal(expected, ((AkidaInputConv2D)akida["conv"]).Padding);
    }

    [Fact]
    public void A_refusal_states_the_pads_and_those_that_Akida_has()
    {
        Model model = Networks.Image(conv => conv with { Window = Stated(3, 2, 0) with { Pads = new EdgePads(2, 1, 1, 1) } });
        QuantException error = Assert.Throws<QuantException>(() => AkidaConverter.Convert(model, AkidaVersion.V2));
        Assert.Equal("AkidaPadding", error.Id);
        Assert.Contains("pads [2, 1, 1, 1]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[0, 0, 1, 1] (Same), [1, 1, 0, 0] (SameUpper) and [0, 0, 0, 0] (Valid)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pads_that_are_those_of_same_convert_to_Akida_1()
    {
        Model model = Networks.Chain(Networks.Image(), Networks.Conv("conv") with { Window = Half(3, 1) }, Networks.Relu4("relu"));
        AkidaModel akida = AkidaConverter.Convert(model, AkidaVersion.V1);
        Assert.Equal(Padding.Same, ((AkidaInputConvolutional)akida["conv"]).Padding);
    }

    [Fact]
    public void Layers_refuse_paddings_that_they_do_not_have()
    {
        AkidaVariables weights = Emulation.Variables(("weights", Emulation.Weights([3, 3, 1, 1], new int[9])));
        AkidaInputConv2D second = new()
        {
            Name = "conv",
            InputShape = new Shape(6, 6, 1),
            Filters = 1,
            KernelSize = 3,
            KernelStride = 2,
            Variables = weights,
        };
        AkidaInputConvolutional first = new()
        {
            Name = "conv",
            InputShape = new Shape(6, 6, 1),
            Filters = 1,
            KernelSize = (3, 3),
            KernelStride = (2, 2),
            Variables = weights,
        };
        (AkidaVersion Version, AkidaLayer Layer)[] wrong =
        [
            (AkidaVersion.V2, second with { Padding = Padding.Explicit }),
            (AkidaVersion.V2, second with { Padding = Padding.SameUpper, PoolType = PoolType.Max, PoolSize = 2 }),
            (AkidaVersion.V1, first with { Padding = Padding.SameUpper }),
        ];
        Assert.All(wrong, pair =>
            Assert.Equal(
                "AkidaPaddingUnknown",
                Assert.Throws<QuantException>(() => Emulation.Run(Emulation.Model(pair.Version, pair.Layer), new int[36])).Id));
    }

    private static ConvolutionWindow Half(int kernel, int stride) => Stated(kernel, stride, kernel / 2);

    private static ConvolutionWindow Stated(int kernel, int stride, int pads) => new()
    {
        KernelSize = (kernel, kernel),
        Strides = (stride, stride),
        Padding = Padding.Explicit,
        Pads = new EdgePads(pads, pads, pads, pads),
    };

    /// <summary>The model quantized and converted; the emulator has given the same integers for all samples.</summary>
    private static (Model Quantized, AkidaModel Akida) Converted(Model model)
    {
        SampleSet samples = RandomSamples.Create(model.InputShape, 20, model.Input.Type!.Value, 3);
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = samples, BatchSize = samples.Count });
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        EmulatorComparison comparison = EmulatorComparison.Run(quantized, akida, samples);
        Assert.True(comparison.Potentials > 0);
        Assert.Equal((0, 0), (comparison.DifferentPotentials, comparison.DifferentFloats));
        return (quantized, akida);
    }
}

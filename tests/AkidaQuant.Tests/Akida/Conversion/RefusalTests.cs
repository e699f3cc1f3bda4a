using AkidaQuant.Akida.Conversion;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>Every rule of the conversion, broken by a network made for it.</summary>
public sealed class RefusalTests
{
    private static readonly Dictionary<string, (AkidaVersion Version, Func<Model> Make)> Broken = new(StringComparer.Ordinal)
    {
        ["AkidaModelNotQuantized"] = (AkidaVersion.V2, () => Networks.Chain(Networks.Image(), new Softmax { Name = "softmax" })),
        ["AkidaSeveralInputs"] = (AkidaVersion.V2, () =>
            Networks.Graph(
                "sum",
                (Networks.Image() with { Name = "a" }, []),
                (Networks.Image() with { Name = "b" }, []),
                (new QuantizedAdd { Name = "sum" }, ["a", "b"]))),
        ["AkidaSeveralOutputs"] = (AkidaVersion.V2, () =>
            Model.Create(
                "model",
                false,
                [new Node(Networks.Image(), []), new Node(Networks.Conv("conv"), ["image"]), new Node(Networks.Relu("relu"), ["conv"])],
                ["conv", "relu"])),
        ["AkidaInputShapeUnknown"] = (AkidaVersion.V2, () =>
            Networks.Chain(
                Networks.Image() with
                {
                    Shape = new Shape(Shape.Unknown, Shape.Unknown, 1),
                },
                Networks.Conv("conv"),
                Networks.Relu("relu"))),
        ["AkidaInputRank"] = (AkidaVersion.V2, () => Networks.Chain(
                new InputLayer
                {
                    Name = "rows",
                    Shape = new Shape(3, 4),
                    Type = IntegerType.Int8,
                },
                Networks.Dense("dense", 4))),
        ["AkidaNothingToConvert"] = (AkidaVersion.V2, () =>
            Networks.Chain(Networks.Image(), new QuantizedRescaling { Name = "rescale", Scale = 0.5 }, new Dequantizer { Name = "floats" })
        ),
        ["AkidaLayerShared"] = (AkidaVersion.V2, () =>
            Networks.Graph(
                "sum",
                (Networks.Image(), []),
                (Networks.Conv("conv"), ["image"]),
                (Networks.Relu("a"), ["conv"]),
                (Networks.Relu("b"), ["conv"]),
                (new QuantizedAdd { Name = "sum" }, ["a", "b"]))),
        ["AkidaPatternUnknown"] = (AkidaVersion.V2, () =>
            Networks.Chain(Networks.Image(), Networks.Conv("conv"), Networks.Pool("pool"), Networks.Pool("again"))),
        ["AkidaInnerQuantizer"] = (AkidaVersion.V2, () =>
            Networks.Chain(
                Networks.Image(),
                Networks.Conv("conv") with
                {
                    OutputQuantizer = new OutputQuantizer { Bitwidth = 12 },
                },
                Networks.Relu("relu"))),
        ["AkidaInboundMissing"] = (AkidaVersion.V2, () =>
            Networks.Graph(
                "sum",
                (Networks.Image(), []),
                (Networks.Conv("a"), ["image"]),
                (Networks.Relu("ra"), ["a"]),
                (Networks.Conv("b"), ["image"]),
                (Networks.Relu("rb"), ["b"]),
                (new QuantizedAdd { Name = "sum" }, ["ra", "rb"]))),
        ["AkidaInputUnsigned"] = (AkidaVersion.V2, () => Networks.Chain(Networks.Image(), Networks.Conv("conv"))),
        ["AkidaDilation"] = (AkidaVersion.V2, () => Networks.Image(conv => conv with { Window = conv.Window with { Dilation = (2, 2) } })),
        ["AkidaKernelNotSquare"] = (AkidaVersion.V2, () =>
            Networks.Chain(Networks.Image(), Networks.Conv("conv", width: 5), Networks.Relu("relu"))),
        ["AkidaStridesNotEqual"] = (AkidaVersion.V2, () =>
            Networks.Image(conv => conv with { Window = conv.Window with { Strides = (1, 2) } })),
        ["AkidaWeightBits"] = (AkidaVersion.V2, () =>
            Networks.Chain(Networks.Image(), Networks.Conv("conv", bits: 16), Networks.Relu("relu"))),
        ["AkidaPaddingValueRange"] = (AkidaVersion.V2, () =>
            Networks.Chain(
                Networks.Image(),
                new QuantizedRescaling { Name = "rescale", Scale = 1 },
                Networks.Conv("conv") with
                {
                    PaddingValue = [-2f],
                },
                Networks.Relu("relu"))),
        ["AkidaPaddingValueInside"] = (AkidaVersion.V2, () =>
            Networks.Chain(
                Networks.Image() with
                {
                    Shape = new Shape(8, 8, 2),
                    Type = IntegerType.Int8,
                },
                new QuantizedRescaling { Name = "rescale", Scale = 1 },
                Networks.Conv("conv", channels: 2) with
                {
                    PaddingValue = [2f],
                },
                Networks.Relu("relu"))),
        ["AkidaInputShift"] = (AkidaVersion.V2, () => Networks.Chain(
                Networks.Image() with
                {
                    Shape = new Shape(8, 8, 3),
                    Type = null,
                },
                new InputQuantizer
                {
                    Name = "quantizer",
                    Signed = false,
                    PerAxis = true,
                    RangeMin = NdArray<float>.Vector([0, 0, 0]),
                    RangeMax = NdArray<float>.Vector([1, 200, 3]),
                },
                Networks.Conv("conv", channels: 3),
                Networks.Relu("relu"))),
        ["AkidaPoolNotSquare"] = (AkidaVersion.V2, () =>
            Networks.Chain(Networks.Image(), Networks.Conv("conv"), Networks.Pool("pool", (2, 1)), Networks.Relu("relu"))),
        ["AkidaPoolPadding"] = (AkidaVersion.V2, () =>
            Networks.Chain(Networks.Image(), Networks.Conv("conv"), Networks.Pool("pool", (3, 3)), Networks.Relu("relu"))),
        ["AkidaPadding"] = (AkidaVersion.V2, () =>
            Networks.Image(conv => conv with { Window = conv.Window with { Padding = Padding.Explicit, Pads = new EdgePads(2, 2, 2, 2) } })
        ),
        ["AkidaSameUpperStrides"] = (AkidaVersion.V2, () =>
            Networks.Image(conv => conv with { Window = conv.Window with { Padding = Padding.SameUpper, Strides = (3, 3) } })),
        ["AkidaSameUpperKernel"] = (AkidaVersion.V2, () =>
            Networks.Chain(
                Networks.Image() with
                {
                    Shape = new Shape(8, 8, 2),
                    Type = IntegerType.Int8,
                },
                Networks.Large("conv"),
                Networks.Relu("relu"))),
        ["AkidaSameUpperPool"] = (AkidaVersion.V2, () => Networks.Chain(
                Networks.Image(),
                Networks.Conv("conv") with
                {
                    Window = new ConvolutionWindow
                    {
                        KernelSize = (3, 3),
                        Strides = (2, 2),
                        Padding = Padding.SameUpper,
                    },
                },
                Networks.Pool("pool"),
                Networks.Relu("relu"))),
        ["AkidaDenseShape"] = (AkidaVersion.V2, () =>
            Networks.Chain(Networks.Image(), Networks.Conv("conv"), Networks.Relu("relu"), Networks.Dense("dense", 2))),
        ["AkidaVariableRange"] = (AkidaVersion.V2, () =>
            Networks.Chain(Networks.Image(), Networks.WithBias(Networks.Conv("conv"), 16), Networks.Relu("relu"))),
        ["AkidaConcatenateAxis"] = (AkidaVersion.V2, () => Networks.Join(Networks.Relu("a"), Networks.Relu("b"), axis: 1)),
        ["AkidaConcatenateBits"] = (AkidaVersion.V2, () => Networks.Join(Networks.Relu("a"), Networks.Relu4("b"), axis: -1)),
        ["AkidaTransposedKernel"] = (AkidaVersion.V2, () => Networks.Decoder(Networks.Transposed(5))),
        ["AkidaTransposedWindow"] = (AkidaVersion.V2, () => Networks.Decoder(
                Networks.Transposed(3) with
                {
                    Window = new TransposedWindow
                    {
                        Forward = new ConvolutionWindow
                        {
                            KernelSize = (3, 3),
                            Strides = (2, 2),
                            Padding = Padding.Valid,
                        },
                    },
                })),
        ["AkidaLutInputBits"] = (AkidaVersion.V2, () => Networks.Table(bits: 10)),
        ["AkidaBufferBits"] = (AkidaVersion.V2, () => Networks.Table(bits: 11, bufferBits: 40)),

        ["AkidaV1Branch"] = (AkidaVersion.V1, () =>
            Networks.Graph(
                "sum",
                (Networks.Image(), []),
                (Networks.Conv("a"), ["image"]),
                (Networks.Relu("ra"), ["a"]),
                (new QuantizedAdd { Name = "sum" }, ["ra", "ra"]))),
        ["AkidaV1QuantizerPlace"] = (AkidaVersion.V1, () =>
            Networks.Chain(Networks.Image(), Networks.Conv("conv") with { OutputQuantizer = new OutputQuantizer() }, Networks.Relu4("relu"))
        ),
        ["AkidaV1InputBits"] = (AkidaVersion.V1, () =>
            Networks.Chain(
                Networks.Image() with
                {
                    Shape = new Shape(8, 8, 2),
                    Type = IntegerType.Int8,
                },
                Networks.Conv("conv", channels: 2, bits: 4),
                Networks.Relu4("relu"))),
        ["AkidaV1ReluUnbounded"] = (AkidaVersion.V1, () =>
            Networks.Chain(Networks.Image(), Networks.Conv("conv"), Networks.Relu4("relu") with { MaxValue = null })),
        ["AkidaV1ReluNotQuantized"] = (AkidaVersion.V1, () =>
            Networks.Chain(Networks.Image(), Networks.Conv("conv"), Networks.Relu4("relu") with { OutputQuantizer = null })),
        ["AkidaV1ReluPerAxis"] = (AkidaVersion.V1, () => Networks.Chain(
                Networks.Image(),
                Networks.Conv("conv"),
                Networks.Relu4("relu") with
                {
                    OutputQuantizer = new OutputQuantizer
                    {
                        Bitwidth = 4,
                        Signed = false,
                        PerAxis = true,
                        RangeMax = NdArray<float>.Vector([1, 1]),
                        RescalingRate = NdArray<float>.Vector([1, 1]),
                    },
                })),
        ["AkidaV1ActivationBits"] = (AkidaVersion.V1, () =>
            Networks.Chain(Networks.Image(), Networks.Conv("conv"), Networks.Relu("relu", maximum: 6))),
        ["AkidaV1SeparableBits"] = (AkidaVersion.V1, () =>
            Networks.Chain(Networks.Image(), Networks.Conv("conv"), Networks.Relu4("relu"), Networks.Separable("separable", 4, 2))),
        ["AkidaV1PaddingValues"] = (AkidaVersion.V1, () =>
            Networks.Chain(
                Networks.Image() with
                {
                    Shape = new Shape(8, 8, 3),
                },
                new QuantizedRescaling { Name = "rescale", Scale = 1 },
                Networks.Conv("conv", channels: 3) with
                {
                    PaddingValue = [1f, 2f, 3f],
                },
                Networks.Relu4("relu"))),
        ["AkidaV1SameUpper"] = (AkidaVersion.V1, () => Networks.Chain(
                Networks.Image(),
                Networks.Conv("conv") with
                {
                    Window = new ConvolutionWindow
                    {
                        KernelSize = (3, 3),
                        Strides = (2, 2),
                        Padding = Padding.Explicit,
                        Pads = new EdgePads(1, 1, 1, 1),
                    },
                },
                Networks.Relu4("relu"))),
        ["AkidaV1GlobalPoolSize"] = (AkidaVersion.V1, () =>
            Networks.Chain(
                Networks.Image() with
                {
                    Shape = new Shape(17, 17, 1),
                },
                Networks.Conv("first"),
                Networks.Relu4("relu"),
                Networks.Conv("conv", channels: 2, bits: 4),
                new QuantizedGlobalAveragePooling2D { Name = "pool" },
                Networks.Relu4("relu_1"))),
    };

    public static TheoryData<string> Rules => [.. Broken.Keys];

    /// <summary>Both come from the input alone. Whichever of the tensors comes first, none may be left out.</summary>
    [Theory]
    [InlineData("relu", "inner")]
    [InlineData("inner", "relu")]
    public void Integers_that_floats_take_from_two_places_are_refused(string left, string right)
    {
        Model model = Networks.Graph(
            "product",
            (Networks.Image(), []),
            (Networks.Conv("conv"), ["image"]),
            (Networks.Relu("relu"), ["conv"]),
            (Networks.Conv("inner"), ["image"]),
            (new Dequantizer { Name = "first" }, [left]),
            (new Dequantizer { Name = "second" }, [right]),
            (new Multiply { Name = "product" }, ["first", "second"]));
        QuantException error = Assert.Throws<QuantException>(() => AkidaConverter.Convert(model, AkidaVersion.V2));
        Assert.Equal("AkidaSeveralOutputs", error.Id);
        Assert.Contains("'relu'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'inner'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_integers_end_in_several_places_the_layer_to_quantize_until_is_named()
    {
        Model joined = new Graph(8, 8, 1).Conv("stem", 3, 1, 4).ReLU("stem_relu")
            .Conv("near", 3, 4, 2, ["stem_relu"]).Add(new Activation { Name = "first", Function = "sigmoid" })
            .Conv("inner", 1, 4, 4, ["stem_relu"]).ReLU("relu").Conv("far", 3, 4, 2)
            .Add(new Activation { Name = "second", Function = "sigmoid" })
            .Sum("sum", "first", "second").Build();
        Model model = Model.Create("heads", isSequential: false, joined.Nodes.Where(node => node.Name != "sum"), ["first", "second"]);
        QuantizeOptions options = new() { Samples = RandomSamples.CreateFloats(model.InputShape, 8, 3, -1, 1) };
        QuantException error = Assert.Throws<QuantException>(
            () => AkidaConverter.Convert(Quantizer.Quantize(model, options), AkidaVersion.V2));
        Assert.Equal("AkidaSeveralOutputs", error.Id);
        Assert.Contains("-Until stem_relu:", error.Message, StringComparison.Ordinal);
        AkidaModel followed = AkidaConverter.Convert(Quantizer.Quantize(model, options with { Until = "stem_relu" }), AkidaVersion.V2);
        Assert.Equal(["first", "second"], followed.Outputs.Select(output => output.Name));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Broken_rules_are_named(string id)
    {
        (AkidaVersion version, Func<Model> make) = Broken[id];
        QuantException error = Assert.Throws<QuantException>(() => AkidaConverter.Convert(make(), version));
        Assert.Equal(id, error.Id);
        Assert.NotNull(error.Target);
        Assert.Contains(
            AkidaConverter.Inspect(make(), version).Problems, problem => problem.Rule == id && problem.Message == Said(error));
    }

    [Fact]
    public void A_pool_that_covers_its_input_converts_whatever_its_padding()
    {
        AkidaModel model = AkidaConverter.Convert(
            Networks.Chain(Networks.Image(), Networks.Conv("conv"), Networks.Pool("pool"), Networks.Relu("relu")), AkidaVersion.V2);
        Assert.Equal(Padding.Same, Assert.IsType<AkidaQuant.Akida.Layers.AkidaInputConv2D>(model["conv"]).Padding);
        Assert.Equal(new Shape(4, 4, 2), model.OutputShape);
    }

    [Fact]
    public void Layers_without_a_pattern_are_told_the_few_nearest()
    {
        string message = Assert
            .Throws<QuantException>(() => AkidaConverter.Convert(Broken["AkidaPatternUnknown"].Make(), AkidaVersion.V2))
            .Message;
        string[] lines = message.Split('\n');
        Assert.Equal(7, lines.Length);
        Assert.Equal(" - QuantizedConv2D > QuantizedMaxPool2D", lines[1]);
        Assert.Matches(@"^ - and \d+ more", lines[^1]);
    }

    [Fact]
    public void A_long_block_is_named_by_its_first_layers_and_its_last()
    {
        QuantizedConv2D[] layers =
        [
            .. Enumerable
                .Range(0, 20)
                .Select(i =>
                    Networks.Conv($"conv{i}", channels: i == 0 ? 1 : 2) with
                    {
                        OutputQuantizer = new OutputQuantizer { Bitwidth = 12 },
                    }),
        ];
        string message = Assert
            .Throws<QuantException>(() => AkidaConverter.Convert(Networks.Chain([Networks.Image(), .. layers]), AkidaVersion.V2))
            .Message;
        Assert.Contains("'conv4' (QuantizedConv2D) and 15 more up to 'conv19'", message, StringComparison.Ordinal);
        Assert.DoesNotContain("'conv5'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_16_bits_are_refused_with_the_bits_that_are_allowed()
    {
        QuantException error = Assert.Throws<QuantException>(() =>
            AkidaConverter.Convert(Broken["AkidaWeightBits"].Make(), AkidaVersion.V2));
        Assert.Contains("16 bits", error.Message, StringComparison.Ordinal);
        Assert.Contains("4 or 8", error.Message, StringComparison.Ordinal);
        Assert.Contains("'conv'", error.Message, StringComparison.Ordinal);
    }

    /// <summary>What is wrong, without the hint that there may be more.</summary>
    private static string Said(QuantException error) =>
        error.Message.Replace(ConversionContext.WhereAllAre, string.Empty, StringComparison.Ordinal);
}

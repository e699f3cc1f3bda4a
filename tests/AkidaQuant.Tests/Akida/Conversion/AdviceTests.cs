using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Repair;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>What a message advises is done, and the network converts: no advice leads into the next refusal.</summary>
public sealed class AdviceTests
{
    /// <summary>Rules of a quantized network: what their messages say to do, one that breaks them, and one where it is done.</summary>
    private static readonly Dictionary<string, (AkidaVersion Version, string Advice, Func<Model>, Func<Model>)> Integers = new()
    {
        ["AkidaLayerShared"] = (
            AkidaVersion.V2,
            "Give it an output_quantizer of 8 bits and each activation behind it a convolution of its own",
            () => Shared(null),
            () => Shared(new OutputQuantizer())),
        ["AkidaConcatenateAxis"] = (
            AkidaVersion.V2,
            "Use the axis -1",
            () => Networks.Join(Networks.Relu("a"), Networks.Relu("b"), axis: 1),
            () => Networks.Join(Networks.Relu("a"), Networks.Relu("b"), axis: -1)),
        ["AkidaPaddingValueInside"] = (
            AkidaVersion.V2,
            "Use padding 'valid' or a Rescaling without offset",
            () => Inside([2f]),
            () => Inside(null)),
        ["AkidaV1QuantizerPlace"] = (
            AkidaVersion.V1,
            "Put a bounded ReLU behind it",
            () => Second(
                Networks.Conv("second", channels: 2, bits: 4) with { OutputQuantizer = new OutputQuantizer() },
                Networks.Conv("third", channels: 2, bits: 4)),
            () => Second(
                Networks.Conv("second", channels: 2, bits: 4), Networks.Relu4("relu_2"), Networks.Conv("third", channels: 2, bits: 4))),
        ["AkidaV1InputBits"] = (
            AkidaVersion.V1,
            "Begin with such a convolution",
            () => Networks.Chain(
                Networks.Image() with { Type = IntegerType.Int8 }, Networks.Conv("conv", bits: 4), Networks.Relu4("relu")),
            () => Networks.Chain(Networks.Image(), Networks.Conv("conv"), Networks.Relu4("relu"))),
        ["AkidaV1ReluUnbounded"] = (
            AkidaVersion.V1,
            "Give the ReLU a max_value",
            () => Networks.Chain(Networks.Image(), Networks.Conv("conv"), Networks.Relu4("relu") with { MaxValue = null }),
            () => Networks.Chain(Networks.Image(), Networks.Conv("conv"), Networks.Relu4("relu"))),
        ["AkidaV1ReluNotQuantized"] = (
            AkidaVersion.V1,
            "Give it one in the configuration",
            () => Networks.Chain(Networks.Image(), Networks.Conv("conv"), Networks.Relu4("relu") with { OutputQuantizer = null }),
            () => Networks.Chain(Networks.Image(), Networks.Conv("conv"), Networks.Relu4("relu"))),
        ["AkidaV1SeparableBits"] = (
            AkidaVersion.V1,
            "Give both the same",
            () => Second(Networks.Separable("second", 4, 2), Networks.Relu4("relu_2")),
            () => Second(Networks.Separable("second", 4, 4), Networks.Relu4("relu_2"))),
        ["AkidaV1PaddingValues"] = (
            AkidaVersion.V1,
            "Use a Rescaling with one scale and one offset for all channels",
            () => Bordered([1f, 2f, 3f]),
            () => Bordered([1f])),
        ["AkidaV1Branch"] = (AkidaVersion.V1, "Convert to Akida 2.0", Branch, Branch),
    };

    /// <summary>Rules of 1.0 about a float network, with what the message says to call, and the bits of its first weights.</summary>
    private static readonly Dictionary<string, (string Advice, int InputBits, Func<Model> Make)> Floats = new()
    {
        ["AkidaV1QuantizerPlace"] = ("Repair-QuantModel -Version 1.0", 8, () => new Graph(8, 8, 1)
            .Conv("a", 3, 1, 4).Add(Bounded("r1")).Conv("b", 3, 4, 4).Conv("c", 1, 4, 3).Build()),
        ["AkidaV1ReluUnbounded"] = ("Repair-QuantModel -Version 1.0 -Sample", 8, () => new Graph(8, 8, 1)
            .Conv("a", 3, 1, 4).ReLU("r1").Conv("b", 3, 4, 3).Build()),
        ["AkidaV1ReluNotQuantized"] = ("Repair-QuantModel -Version 1.0", 8, () => new Graph(8, 8, 1)
            .Conv("a", 3, 1, 4).Add(Bounded("r1")).Conv("b", 3, 4, 3).Add(Bounded("r2")).Build()),
        ["AkidaV1GlobalPoolSize"] = ("Repair-QuantModel -Version 1.0", 8, () => new Graph(24, 24, 1)
            .Conv("a", 3, 1, 4).Add(Bounded("r1")).Conv("b", 3, 4, 4).Add(new GlobalAveragePooling2D { Name = "gap" }).Add(Bounded("r2"))
            .Dense("c", 4, 3).Build()),
        ["AkidaV1InputBits"] = ("Repair-QuantModel -Version 1.0", 4, () =>
            ChainNetwork.Of(new Shape(8, 8, 1), IntegerType.UInt8, "flatten, dense 12, relu 2, dense 4")),
    };

    public static TheoryData<string> Rules => [.. Integers.Keys];

    public static TheoryData<string> Repaired => [.. Floats.Keys];

    [Theory]
    [MemberData(nameof(Rules))]
    public void What_a_message_says_of_a_layer_converts(string rule)
    {
        (AkidaVersion version, string advice, Func<Model> broken, Func<Model> mended) = Integers[rule];
        QuantException error = Assert.Throws<QuantException>(() => AkidaConverter.Convert(broken(), version));
        Assert.Equal(rule, error.Id);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
        bool isOther = advice == "Convert to Akida 2.0";
        Assert.NotEmpty(AkidaConverter.Convert(mended(), isOther ? AkidaVersion.V2 : version).Layers);
    }

    [Theory]
    [MemberData(nameof(Repaired))]
    public void The_repair_that_a_message_names_makes_the_network_convert(string rule)
    {
        (string advice, int bits, Func<Model> make) = Floats[rule];
        Model model = make();
        QuantizeOptions options = new() { Parameters = Version1 with { InputWeightBits = bits }, Samples = Version1Case.Samples(model) };
        AkidaInspection inspection = AkidaConverter.Inspect(Quantizer.Quantize(model, options), AkidaVersion.V1);
        ConversionProblem problem = Assert.Single(
            inspection.Problems.Where(problem => problem.Rule == rule).DistinctBy(problem => problem.Rule));
        Assert.Contains(advice, problem.Message, StringComparison.Ordinal);
        Version1Case.Check(model, RepairCase.Rounding);
    }

    private static ReLU Bounded(string name) => new() { Name = name, MaxValue = 2 };

    private static QuantizationParams Version1 => new()
    {
        WeightBits = 4,
        ActivationBits = 4,
        PerTensorActivations = true,
    };

    private static Model Shared(OutputQuantizer? quantizer)
    {
        (Layer, string[]) shared = (Networks.Conv("conv") with { OutputQuantizer = quantizer }, ["image"]);
        return quantizer is null
            ? Networks.Graph(
                "sum",
                (Networks.Image() with { Type = IntegerType.Int8 }, []),
                shared,
                (Networks.Relu("a"), ["conv"]),
                (Networks.Relu("b"), ["conv"]),
                (new QuantizedAdd { Name = "sum" }, ["a", "b"]))
            : Networks.Graph(
                "sum",
                (Networks.Image() with { Type = IntegerType.Int8 }, []),
                shared,
                (Networks.Conv("own_a", channels: 2), ["conv"]),
                (Networks.Conv("own_b", channels: 2), ["conv"]),
                (Networks.Relu("a"), ["own_a"]),
                (Networks.Relu("b"), ["own_b"]),
                (new QuantizedAdd { Name = "sum" }, ["a", "b"]));
    }

    private static Model Inside(float[]? border) => Networks.Chain(
        Networks.Image() with { Shape = new Shape(8, 8, 2), Type = IntegerType.Int8 },
        new QuantizedRescaling { Name = "rescale", Scale = 1 },
        Networks.Conv("conv", channels: 2) with { PaddingValue = border },
        Networks.Relu("relu"));

    private static Model Second(params Layer[] layers) =>
        Networks.Chain([Networks.Image(), Networks.Conv("conv"), Networks.Relu4("relu"), .. layers]);

    private static Model Bordered(float[] border) => Networks.Chain(
        Networks.Image() with { Shape = new Shape(8, 8, 3) },
        new QuantizedRescaling { Name = "rescale", Scale = 1 },
        Networks.Conv("conv", channels: 3) with { PaddingValue = border },
        Networks.Relu4("relu"));

    private static Model Branch() => Networks.Graph(
        "sum",
        (Networks.Image(), []),
        (Networks.Conv("a"), ["image"]),
        (Networks.Relu("ra"), ["a"]),
        (Networks.Conv("b", channels: 2), ["ra"]),
        (Networks.Relu("rb"), ["b"]),
        (new QuantizedAdd { Name = "sum" }, ["ra", "rb"]));
}

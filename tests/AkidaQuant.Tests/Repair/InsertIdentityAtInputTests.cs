using AkidaQuant.Akida.Conversion;
using AkidaQuant.Formats;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>Branches from the input, and first layers that take no unsigned images (convert.md 2.5 and 3.1).</summary>
public sealed class InsertIdentityAtInputTests
{
    [Fact]
    public void Branches_of_a_public_ONNX_network_convert_with_floats_and_with_bytes()
    {
        Model model = ModelReader.Read(Repository.PathOf("tests/vectors/public/onnx/01_two_convs_from_input.onnx"));
        RepairCase.Check(model, ["ZeroPointNotPossible"], tolerance: 0);
        RepairCase.Check(model, ["ZeroPointNotPossible"], tolerance: 0, RandomSamples.Create(model, 12, 3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void Branches_from_floats_begin_with_a_convolution(int channels)
    {
        Model repaired = RepairCase.Check(Branches(channels), tolerance: 0);
        Assert.All(repaired.Repair!.Changes, change => Assert.Equal("ZeroPointNotPossible", change.Rule));
        // One of a single channel is a depthwise one, which takes up no zero point.
        Assert.Equal(channels == 1, repaired.Input.Scheme is { InputType: IntegerType.Int8 });
        Assert.Equal(channels == 1, repaired.Consumers("in").Single().Layer is DepthwiseConv2D);
    }

    [Fact]
    public void Branches_from_int8_are_a_rule_and_not_a_failure()
    {
        Model model = Branches(3);
        QuantizationParams scheme = new() { InputType = IntegerType.Int8 };
        SampleSet samples = RepairCase.Samples(model);
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Parameters = scheme, Samples = samples });
        QuantException error = Assert.Throws<QuantException>(() => AkidaConverter.Convert(quantized, AkidaVersion.V2));
        Assert.Equal("AkidaInputBranch", error.Id);
        RepairCase.Check(model, ["AkidaInputBranch"], tolerance: 0, samples, new RepairOptions { Parameters = scheme });
    }

    [Fact]
    public void Branches_from_typed_int8_convert_as_they_are() => RepairCase.CheckUntouched(Typed(Branches(4), IntegerType.Int8));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Branches_from_bytes_begin_with_a_convolution_and_a_rectifier(int channels)
    {
        Model repaired = RepairCase.Check(Typed(Branches(channels), IntegerType.UInt8), ["AkidaInputUnsigned"], tolerance: 0);
        Assert.IsType<ReLU>(repaired.Consumers("in_identity_conv").Single().Layer);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Branches_from_bytes_of_which_the_first_takes_images_begin_so_too(int channels)
    {
        Model model = Typed(
            new Graph(6, 6, channels)
                .Conv("a", 3, channels, 4, ["in"], own => own with { Window = Graph.Window(3, padding: Padding.Same) }).ReLU("first")
                .Conv("b", 1, channels, 4, ["in"]).ReLU("second")
                .Sum("sum", "first", "second").Conv("last", 1, 4, 2)
                .Build(),
            IntegerType.UInt8);
        RepairCase.Check(model, tolerance: 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Rows_of_bytes_begin_as_images_which_a_convolution_takes(int channels)
    {
        Model model = Typed(
            new Graph(6, 6, channels).Add(new Flatten { Name = "flat" }).Dense("a", 36 * channels, 8).ReLU("relu").Dense("b", 8, 3).Build(),
            IntegerType.UInt8);
        Model repaired = RepairCase.Check(model, ["AkidaInputUnsigned"], tolerance: 0);
        Assert.Equal(new Shape(6, 6, channels), repaired.InputShape);
    }

    [Fact]
    public void A_first_layer_that_takes_no_bytes_gets_one_that_does()
    {
        Model model = Typed(
            new Graph(6, 6, 3).Depthwise("first", 3, 3, with: own => own with { Window = Graph.Window(3, padding: Padding.Same) })
                .ReLU("relu").Conv("next", 1, 3, 4).Build(),
            IntegerType.UInt8);
        RepairCase.Check(model, ["AkidaInputUnsigned"], tolerance: 0);
    }

    private static Model Branches(int channels) => new Graph(6, 6, channels)
        .Conv("a", 3, channels, 4, ["in"], own => own with { Window = Graph.Window(3, padding: Padding.Same) })
        .Conv("b", 1, channels, 4, ["in"])
        .Sum("sum", "a", "b").ReLU("relu")
        .Build();

    private static Model Typed(Model model, IntegerType type) =>
        model.WithLayers(layer => layer is InputLayer input ? input with { Type = type } : layer);
}

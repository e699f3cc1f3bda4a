using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

/// <summary>Float inputs whose zero point no layer takes up, or a border would hold (convert.md 3.4).</summary>
public sealed class ChooseInputTypeTests
{
    [Fact]
    public void Same_pads_over_other_channels_than_those_of_images_take_int8() =>
        Gen.Select(Gen.OneOf(2, 4, 5, 8), Gen.Int[1, 2], Gen.Bool)
            .Sample(
                (channels, stride, isPooled) =>
                {
                    Graph graph = new Graph(8, 8, channels)
                        .Conv("first", 3, channels, 4, with: own => own with { Window = Graph.Window(3, stride, Padding.Same) });
                    Model model = (isPooled ? graph.MaxPool("pool", padding: Padding.Same) : graph).ReLU("relu").Conv("next", 1, 4, 3).Build();
                    Model repaired = RepairCase.Check(model, ["AkidaPaddingValueInside"], tolerance: 0);
                    Assert.Equal(new QuantizationParams { InputType = IntegerType.Int8 }, repaired.Input.Scheme);
                    Assert.Equal(model.Nodes.Select(node => node.Name), repaired.Nodes.Select(node => node.Name));
                },
                iter: 8,
                threads: 1);

    [Fact]
    public void A_first_layer_that_takes_no_zero_point_takes_int8()
    {
        Model model = new Graph(6, 6, 4).Depthwise("first", 3, 4, with: own => own with { Window = Graph.Window(3, padding: Padding.Same) })
            .ReLU("relu").Conv("next", 1, 4, 3).Build();
        RepairCase.Check(model, ["ZeroPointNotPossible"], tolerance: 0);
    }

    [Fact]
    public void Parameters_that_are_given_are_not_replaced()
    {
        Model model = new Graph(6, 6, 4).Conv("first", 3, 4, 4, with: own => own with { Window = Graph.Window(3, padding: Padding.Same) })
            .ReLU("relu").Build();
        List<string> warnings = [];
        RepairOptions options = new() { Parameters = new QuantizationParams(), Samples = RepairCase.Samples(model), Warning = warnings.Add };
        Assert.Same(model, Repairer.Repair(model, options));
        Assert.Single(warnings);
    }

    [Fact]
    public void Parameters_that_are_given_later_have_priority()
    {
        Model model = new Graph(6, 6, 4).Conv("first", 3, 4, 4, with: own => own with { Window = Graph.Window(3, padding: Padding.Same) })
            .ReLU("relu").Build();
        SampleSet samples = RepairCase.Samples(model);
        Model repaired = Repairer.Repair(model, new RepairOptions { Samples = samples });
        Assert.True(QuantizerOf(Quantizer.Quantize(repaired, new QuantizeOptions { Samples = samples })).Signed);
        QuantizeOptions given = new() { Samples = samples, Parameters = new QuantizationParams() };
        Assert.False(QuantizerOf(Quantizer.Quantize(repaired, given)).Signed);
    }

    private static InputQuantizer QuantizerOf(Model model) => model.GraphLayers.OfType<InputQuantizer>().Single();
}

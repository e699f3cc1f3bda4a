using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;

namespace AkidaQuant.Tests.Repair;

public sealed class BoundRectifiersTests
{
    private const string Network = "conv 8, relu, conv 8 3 2, relu 6, conv 4, relu, flatten, dense 3, softmax";

    [Fact]
    public void Bounds_are_the_greatest_outputs_over_all_samples_and_change_no_output_over_them()
    {
        Model model = ChainNetwork.Of(new Shape(8, 8, 3), IntegerType.UInt8, Network);
        SampleSet samples = Version1Case.Samples(model);
        Model repaired = Version1Case.Check(model, samples: samples);
        CalibratedRanges greatest = Calibration.Magnitudes(repaired, ["relu_2", "relu_6"], samples, new QuantizeOptions());
        foreach (string name in new[] { "relu_2", "relu_6" })
        {
            Assert.Equal(greatest[name]!.Values.Max(), ((ReLU)repaired.NodeOf(name).Layer).MaxValue);
        }

        Assert.Equal(6, ((ReLU)repaired.NodeOf("relu_4").Layer).MaxValue);
        RepairChange[] changes = [.. repaired.Repair!.Changes.Where(change => change.Rule == "AkidaV1ReluUnbounded")];
        Assert.Equal(["relu_2", "relu_6"], changes.Select(change => change.Layer));
        Assert.All(changes, change => Assert.EndsWith(
            "over 8 samples; with all bounds the outputs of the network change by 0% over them", change.Action, StringComparison.Ordinal));
    }

    [Fact]
    public void A_rectifier_that_gives_zeros_only_keeps_room()
    {
        Model model = ChainNetwork.Of(new Shape(8, 8, 3), IntegerType.UInt8, Network);
        var dead = (Conv2D)model.NodeOf("conv_5").Layer;
        Conv2D zeros = dead with { Kernel = dead.Kernel.Map(_ => 0f), Bias = dead.Bias.Map(_ => -1f) };
        model = model.WithLayers(layer => layer == dead ? zeros : layer);
        Assert.Equal(1, ((ReLU)Version1Case.Check(model).NodeOf("relu_6").Layer).MaxValue);
    }

    [Fact]
    public void Without_samples_an_error_asks_for_them()
    {
        Model model = ChainNetwork.Of(new Shape(8, 8, 3), IntegerType.UInt8, Network);
        QuantException error = Assert.Throws<QuantException>(() => Repairer.Repair(model, new RepairOptions { Version = AkidaVersion.V1 }));
        Assert.Equal("RepairNeedsSamples", error.Id);
        Assert.Equal("relu_2", error.Target);
        Assert.Contains("-Sample", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Branches_are_left_as_they_are()
    {
        Model chain = ChainNetwork.Of(new Shape(8, 8, 3), IntegerType.UInt8, "conv 8, relu, conv 8, relu");
        Model model = Model.Create(
            "branch",
            false,
            [.. chain.Nodes, new Node(new Add { Name = "add" }, ["relu_2", "relu_4"]), new Node(ChainEnd(), ["add"])],
            ["end"]);
        RepairOptions options = new() { Version = AkidaVersion.V1, Samples = Version1Case.Samples(model) };
        Assert.Same(model, Repairer.Repair(model, options));
    }

    private static Conv2D ChainEnd() =>
        (Conv2D)ChainNetwork.Of(new Shape(8, 8, 8), null, "conv 2").NodeOf("conv_1").Layer with { Name = "end" };
}

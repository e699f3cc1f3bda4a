using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

/// <summary>Separable convolutions, which Akida 2.0 has not (convert.md 2.4).</summary>
public sealed class SplitSeparableTests
{
    [Fact]
    public void A_separable_convolution_becomes_a_depthwise_and_a_pointwise_one() =>
        Gen.Select(Gen.OneOf(3, 5, 7), Gen.Int[1, 2], Gen.Bool, Gen.Bool, Gen.Int[1, 4], Gen.Int[6, 9])
            .Sample(
                (kernel, stride, isSame, hasBias, filters, size) =>
                {
                    ConvolutionWindow window = Graph.Window(kernel, kernel == 3 ? stride : 1, isSame || kernel > 3 ? Padding.Same : Padding.Valid);
                    Model model = new Graph(size, size + 1, 3)
                        .Conv("stem", 3, 3, 4, with: stem => stem with { Window = Graph.Window(3, padding: Padding.Same) }).ReLU("relu")
                        .Separable("separable", kernel, 4, filters, own => own with { Window = window, UseBias = hasBias })
                        .ReLU("last")
                        .Build();
                    Model repaired = RepairCase.Check(model, ["AkidaPatternUnknown"], tolerance: 0);
                    Assert.Equal("in stem relu separable_depthwise separable last", string.Join(' ', repaired.Nodes.Select(node => node.Name)));
                    Assert.IsType<DepthwiseConv2D>(repaired.NodeOf("separable_depthwise").Layer);
                    RepairChange change = Assert.Single(repaired.Repair!.Changes);
                    Assert.Equal("separable", change.Layer);
                    Assert.False(change.IsOwnForm);
                    Assert.Equal(0, change.AddedMacs);
                },
                iter: 10,
                threads: 1);

    [Fact]
    public void A_fused_activation_stays_behind_both_halves()
    {
        Model model = new Graph(8, 8, 1)
            .Conv("stem", 3, 1, 4, with: stem => stem with { Activation = "relu" })
            .Separable("separable", 3, 4, 5, own => own with { Activation = "relu" })
            .GlobalAverage("gap").Dense("classifier", 5, 3)
            .Build();
        Model repaired = RepairCase.Check(model, ["AkidaPatternUnknown"], tolerance: 0);
        Assert.IsType<ReLU>(repaired.Nodes.Single(node => node.Inputs.Contains("separable")).Layer);
    }

    [Fact]
    public void Every_separable_convolution_is_one_change()
    {
        Model model = new Graph(8, 8, 3)
            .Conv("stem", 3, 3, 4).ReLU("relu_0")
            .Separable("first", 3, 4, 5).ReLU("relu_1")
            .Separable("second", 3, 5, 2).ReLU("relu_2")
            .Build();
        Model repaired = RepairCase.Check(model, ["AkidaPatternUnknown", "AkidaPatternUnknown"], tolerance: 0);
        Assert.Equal(["first", "second"], repaired.Repair!.Changes.Select(change => change.Layer));
    }

    [Fact]
    public void Akida_1_has_the_layer_which_stays()
    {
        Model model = new Graph(8, 8, 3)
            .Conv("stem", 3, 3, 4).Add(new ReLU { Name = "relu_0", MaxValue = 6 })
            .Separable("separable", 3, 4, 5).Add(new ReLU { Name = "relu_1", MaxValue = 6 })
            .Build();
        Model repaired = Repairer.Repair(model, new RepairOptions { Version = AkidaVersion.V1 });
        Assert.IsType<SeparableConv2D>(repaired.NodeOf("separable").Layer);
    }
}

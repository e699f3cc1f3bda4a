using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

/// <summary>Depthwise kernels with several outputs a channel, which have no integers (layers.md 4.4).</summary>
public sealed class RepeatChannelsTests
{
    [Fact]
    public void Each_channel_comes_as_often_as_it_has_outputs() =>
        Gen.Select(Gen.Int[2, 4], Gen.Int[1, 2], Gen.Bool, Gen.Bool)
            .Sample(
                (multiplier, stride, isSame, hasBias) =>
                {
                    Model repaired = RepairCase.Check(
                        new Graph(8, 9, 3).Conv("stem", 1, 3, 4).ReLU("relu_0")
                            .Depthwise("wide", 3, 4, with: own => own with
                            {
                                DepthMultiplier = multiplier,
                                UseBias = hasBias,
                                Window = Graph.Window(3, stride, isSame ? Padding.Same : Padding.Valid),
                            })
                            .ReLU("relu_1").Conv("last", 1, 4 * multiplier, 2).Build(),
                        [Judgement.StaysFloat],
                        tolerance: 0);
                    Assert.Equal(4 * multiplier, ((Conv2D)repaired.NodeOf("wide_repeat").Layer).Filters);
                    Assert.Equal(1, ((DepthwiseConv2D)repaired.NodeOf("wide").Layer).DepthMultiplier);
                    RepairChange change = Assert.Single(repaired.Repair!.Changes);
                    Assert.Equal($"gets each channel {multiplier} times from the new layer 'wide_repeat'", change.Action);
                    Assert.Equal(8 * 9 * 4 * 4 * multiplier, change.AddedMacs);
                },
                iter: 8,
                threads: 1);

    [Fact]
    public void Of_one_channel_it_is_a_convolution()
    {
        Model repaired = RepairCase.Check(
            new Graph(8, 9, 1).Depthwise("wide", 3, 1, with: own => own with { DepthMultiplier = 3, Activation = "relu" })
                .Conv("last", 1, 3, 2).Build(),
            [Judgement.StaysFloat]);
        Assert.IsType<Conv2D>(repaired.NodeOf("wide").Layer);
        Assert.Equal(0, Assert.Single(repaired.Repair!.Changes).AddedMacs);
    }

    [Fact]
    public void A_separable_convolution_is_split_first()
    {
        Model repaired = RepairCase.Check(
            new Graph(8, 9, 3).Conv("stem", 1, 3, 4).ReLU("relu_0")
                .Add(new SeparableConv2D
                {
                    Name = "separable",
                    Filters = 5,
                    DepthMultiplier = 2,
                    Window = Graph.Window(3),
                    DepthwiseKernel = new Graph(1).Values(3, 3, 4, 2),
                    PointwiseKernel = new Graph(1).Values(1, 1, 8, 5),
                    UseBias = false,
                })
                .ReLU("relu_1").Build());
        Assert.Equal(["separable", "separable_depthwise"], repaired.Repair!.Changes.Select(change => change.Layer));
    }
}

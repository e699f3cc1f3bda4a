using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

/// <summary>Convolutions of groups, which have no integers (layers.md 4.1).</summary>
public sealed class SpreadGroupsTests
{
    [Fact]
    public void Each_filter_has_zeros_for_the_channels_of_other_groups() =>
        Gen.Select(Gen.Int[2, 3], Gen.Int[1, 2], Gen.Int[1, 3], Gen.OneOf(1, 3))
            .Where(choice => choice.Item2 > 1 || choice.Item3 > 1)
            .Sample(
                (groups, channels, filters, kernel) =>
                {
                    Model repaired = RepairCase.Check(
                        new Graph(7, 8, 3).Conv("stem", 3, 3, groups * channels).ReLU("relu")
                            .Conv("grouped", kernel, groups * channels, groups * filters, with: own => own with
                            {
                                Groups = groups,
                                Window = Graph.Window(kernel, padding: Padding.Same),
                            })
                            .ReLU("relu_1").Conv("last", 1, groups * filters, 2).Build(),
                        [Judgement.StaysFloat]);
                    Assert.Equal(1, ((Conv2D)repaired.NodeOf("grouped").Layer).Groups);
                    RepairChange change = Assert.Single(repaired.Repair!.Changes);
                    Assert.Equal($"gets zeros for the channels of the other {groups - 1} groups", change.Action);
                    Assert.Equal(5 * 6 * kernel * kernel * channels * groups * filters * (groups - 1), change.AddedMacs);
                },
                iter: 8,
                threads: 1);
}

using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>Activations that stay in float, stand in a row, or have no kernel in front (convert.md 2.4).</summary>
public sealed class ActivationRepairTests
{
    [Fact]
    public void Relu6_is_a_rectifier_of_6_written_as_an_activation_or_in_a_layer()
    {
        Model repaired = RepairCase.Check(
            new Graph(7, 7, 3).Conv("stem", 3, 3, 4, with: stem => stem with { Activation = "relu6" })
                .Conv("second", 3, 4, 4).Add(new Activation { Name = "six", Function = "relu6" })
                .GlobalAverage("gap").Dense("last", 4, 2).Build(),
            [Judgement.StaysFloat, Judgement.StaysFloat],
            tolerance: 0);
        Assert.Equal(6f, ((ReLU)repaired.NodeOf("six").Layer).MaxValue);
        Assert.Equal(6f, ((ReLU)repaired.NodeOf("stem_activ").Layer).MaxValue);
        Assert.Equal("becomes a ReLU of at most 6", repaired.Repair!.Changes[0].Action);
    }

    [Fact]
    public void A_rectifier_with_a_slope_is_a_table()
    {
        Model repaired = RepairCase.Check(
            new Graph(7, 7, 3).Conv("stem", 3, 3, 4).ReLU("relu").Conv("second", 3, 4, 4)
                .Add(new ReLU { Name = "leaky", NegativeSlope = 0.125f }).Conv("last", 1, 4, 2).Build(),
            [Judgement.StaysFloat]);
        Assert.Equal(0.125, ((TableActivation)repaired.NodeOf("leaky").Layer).Alpha);
    }

    [Theory]
    [InlineData(null, 6f, 6f)]
    [InlineData(6f, null, 6f)]
    [InlineData(1.5f, 6f, 1.5f)]
    [InlineData(null, null, null)]
    public void Two_rectifiers_are_one_of_the_lesser_bound(float? first, float? second, float? least)
    {
        Model repaired = RepairCase.Check(
            new Graph(7, 7, 3).Conv("stem", 3, 3, 4).Add(new ReLU { Name = "first", MaxValue = first })
                .Add(new ReLU { Name = "second", MaxValue = second }).Conv("last", 1, 4, 2).Build(),
            ["AkidaPatternUnknown"],
            tolerance: 0);
        Assert.Equal(least, ((ReLU)repaired.NodeOf("second").Layer).MaxValue);
        Assert.Equal("takes in the rectifier 'first' before it", Assert.Single(repaired.Repair!.Changes).Action);
    }

    [Fact]
    public void Rectifiers_around_a_pool_and_in_longer_rows_are_one()
    {
        Model repaired = RepairCase.Check(
            new Graph(8, 8, 3).Conv("stem", 3, 3, 4).ReLU("a").MaxPool("pool").Add(new ReLU { Name = "b", MaxValue = 4 }).ReLU("c")
                .Conv("last", 1, 4, 2).Build(),
            tolerance: 0);
        Assert.Equal(4f, ((ReLU)repaired.GraphLayers.Single(layer => layer is ReLU)).MaxValue);
        Assert.Equal(2, repaired.Repair!.Changes.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_activation_of_a_sum_that_a_convolution_takes_too_gets_an_identity(bool isTable)
    {
        Layer activation = isTable ? new TableActivation { Name = "branch", Function = "swish" } : new ReLU { Name = "branch" };
        Model model = new Graph(7, 7, 3).Conv("stem", 3, 3, 4).ReLU("relu")
            .Conv("left", 1, 4, 4, ["relu"]).Conv("right", 1, 4, 4, ["relu"]).Sum("sum", "left", "right")
            .Conv("again", 1, 4, 4, ["sum"]).Add(activation, "sum").Sum("end", "again", "branch").Build();
        Model repaired = RepairCase.Check(model, ["AkidaPatternUnknown"], tolerance: 0);
        Assert.Equal("gets the identity 'branch_identity' in front", Assert.Single(repaired.Repair!.Changes).Action);
    }

    [Fact]
    public void A_table_behind_a_rectifier_gets_an_identity()
    {
        RepairCase.Check(
            new Graph(7, 7, 3).Conv("stem", 3, 3, 4).ReLU("relu").Conv("second", 1, 4, 4).ReLU("first")
                .Add(new TableActivation { Name = "second_table", Function = "swish" }).Conv("last", 1, 4, 2).Build(),
            ["AkidaPatternUnknown"],
            tolerance: 0);
    }
}

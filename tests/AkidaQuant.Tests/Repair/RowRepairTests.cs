using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>Rows that are joined, and axes in another order in front of a row (convert.md 2.4, 4.8).</summary>
public sealed class RowRepairTests
{
    [Fact]
    public void Rows_are_joined_as_images_of_one_cell()
    {
        Model repaired = RepairCase.Check(
            Stem().GlobalAverage("gap").Dense("a", 4, 3).ReLU("ra").Dense("b", 3, 2).ReLU("rb").Dense("c", 2, 2).ReLU("rc")
                .Add(new Concatenate { Name = "cat", Axis = 1 }, "ra", "rb", "rc").Dense("last", 7, 3).Build(),
            ["AkidaConcatenateAxis", "AkidaConcatenateAxis"],
            tolerance: 0);
        Assert.Equal(new Shape(1, 1, 7), repaired.Plan["cat"].Prepared.Output.Shape);
        Assert.Equal("joins images of one cell instead of rows", repaired.Repair!.Changes[0].Action);
    }

    [Fact]
    public void A_flattened_image_is_no_image_of_one_cell() =>
        RepairCase.CheckUntouched(
            Stem().Add(new Flatten { Name = "flat" }).Dense("a", 100, 3).ReLU("ra")
                .Add(new Concatenate { Name = "cat" }, "flat", "ra").Dense("last", 103, 3).Build());

    [Theory]
    [InlineData(3, 1, 2)]
    [InlineData(2, 1, 3)]
    [InlineData(2, 3, 1)]
    public void A_permutation_in_front_of_a_row_is_one_of_the_rows_of_the_kernel(int first, int second, int third)
    {
        Model repaired = RepairCase.Check(
            Stem().Add(new Permute { Name = "turn", Dims = [first, second, third] }).Add(new Flatten { Name = "flat" })
                .Add(new Dropout { Name = "drop" }).Dense("last", 100, 3).Build(),
            ["AkidaPatternUnknown"]);
        Assert.Null(repaired.Find("turn"));
        RepairChange change = Assert.Single(repaired.Repair!.Changes);
        Assert.Equal("goes into the order of the rows of 'last'", change.Action);
        Assert.Equal(0, change.AddedMacs);
    }

    [Fact]
    public void A_slope_for_each_channel_is_a_rectifier_of_both_signs()
    {
        Graph graph = Stem().Conv("second", 3, 4, 4);
        Model repaired = RepairCase.Check(
            graph.Add(new PReLU { Name = "slopes", SharedAxes = [1, 2], Alpha = graph.Values(1, 1, 4) }).Conv("last", 1, 4, 2).Build(),
            [Judgement.StaysFloat],
            tolerance: 0);
        Assert.IsType<Conv2D>(repaired.NodeOf("slopes").Layer);
        Assert.Equal(2 * 3 * 3 * 4 * 8, Assert.Single(repaired.Repair!.Changes).AddedMacs);
    }

    private static Graph Stem() => new Graph(7, 7, 3).Conv("stem", 3, 3, 4).ReLU("relu");
}

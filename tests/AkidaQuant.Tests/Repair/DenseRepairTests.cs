using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

/// <summary>Dense layers over images and with tables (convert.md 2.4, 4.6).</summary>
public sealed class DenseRepairTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_dense_layer_over_an_image_is_a_convolution(bool hasTable)
    {
        Graph graph = new Graph(6, 7, 3).Conv("stem", 3, 3, 4).ReLU("relu").Dense("map", 4, 5);
        Model model = (hasTable ? graph.Add(Table("table")) : graph).Build();
        Model repaired = RepairCase.Check(model, [hasTable ? "AkidaPatternUnknown" : "AkidaDenseShape"], tolerance: 0);
        Assert.IsType<Conv2D>(repaired.NodeOf("map").Layer);
        Assert.Equal(0, Assert.Single(repaired.Repair!.Changes).AddedMacs);
    }

    /// <summary>Behind a global average, another dense layer, a Flatten of one cell, and a Dropout.</summary>
    [Fact]
    public void A_dense_layer_with_a_table_over_a_row_is_a_convolution_over_one_cell() =>
        Gen.Select(Gen.Int[0, 3], Gen.OneOf("gelu", "swish", "hard_silu", "leaky_relu"), Gen.Bool)
            .Sample(
                (kind, function, isLast) =>
                {
                    Graph graph = new Graph(6, 6, 3).Conv("stem", kind == 2 ? 6 : 3, 3, 4).ReLU("relu");
                    graph = kind switch
                    {
                        0 => graph.GlobalAverage("gap"),
                        1 => graph.Add(new Flatten { Name = "flat" }).Dense("before", 64, 4).ReLU("relu_1"),
                        2 => graph.Add(new Flatten { Name = "flat" }),
                        _ => graph.GlobalAverage("gap").Add(new Dropout { Name = "drop" }),
                    };
                    graph.Dense("hidden", 4, 6).Add(Table("table") with { Function = function });
                    Model model = (isLast ? graph : graph.Dense("last", 6, 3)).Build();
                    Model repaired = RepairCase.Check(model, ["AkidaPatternUnknown"]);
                    Assert.IsType<Conv2D>(repaired.NodeOf("hidden").Layer);
                    Assert.Equal(model.Plan.Output.Shape, repaired.Plan.Output.Shape);
                    Assert.Equal(0, Assert.Single(repaired.Repair!.Changes).AddedMacs);
                },
                iter: 16,
                threads: 1);

    [Fact]
    public void Behind_the_flatten_of_an_image_an_identity_takes_the_table()
    {
        Model repaired = RepairCase.Check(
            new Graph(6, 5, 3).Conv("stem", 3, 3, 4).ReLU("relu").Add(new Flatten { Name = "flat" })
                .Dense("hidden", 48, 6).Add(Table("table")).Dense("last", 6, 3).Build(),
            ["AkidaPatternUnknown"]);
        Assert.IsType<Dense>(repaired.NodeOf("hidden").Layer);
        RepairChange change = Assert.Single(repaired.Repair!.Changes);
        Assert.Equal("leaves the activation 'table' to the new layer 'table_identity_conv'", change.Action);
        Assert.Equal(36, change.AddedMacs);
    }

    /// <summary>A dense layer takes up the zero point of the samples, which a Reshape in front of it could not.</summary>
    [Fact]
    public void Behind_the_input_an_identity_takes_the_table() =>
        RepairCase.Check(
            new Graph(9).Dense("first", 9, 6).Add(Table("table_1")).Dense("second", 6, 4).Add(Table("table_2")).Dense("last", 4, 2).Build());

    [Fact]
    public void Several_dense_layers_with_tables_follow_each_other() =>
        RepairCase.Check(
            new Graph(6, 5, 3).Conv("stem", 3, 3, 4).ReLU("relu").GlobalAverage("gap")
                .Dense("first", 4, 6).Add(Table("table_1")).Dense("second", 6, 5).Add(Table("table_2")).Dense("last", 5, 2).Build());

    private static TableActivation Table(string name) => new() { Name = name, Function = "leaky_relu" };
}

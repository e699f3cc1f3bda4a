using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>Global averages that stand elsewhere than behind a convolution and its activation (convert.md 2.4).</summary>
public sealed class IdentityAroundAverageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_average_behind_a_pool_and_its_rectifier_gets_a_convolution(bool isDepthwise)
    {
        Graph graph = new Graph(8, 8, 3).Conv("stem", 3, 3, 4, with: Same).ReLU("relu");
        graph = isDepthwise
            ? graph.Depthwise("conv", 3, 4, with: own => own with { Window = Graph.Window(3, padding: Padding.Same) })
            : graph.Conv("conv", 3, 4, 4, with: Same);
        graph.MaxPool("pool", padding: Padding.Same).ReLU("last_relu").GlobalAverage("average").Dense("last", 4, 2);
        Model repaired = RepairCase.Check(graph.Build(), ["AkidaPatternUnknown"], tolerance: 0);
        Assert.Equal("average_identity_conv", repaired.NodeOf("average").Inputs[0]);
        Assert.False(Assert.Single(repaired.Repair!.Changes).IsOwnForm);
    }

    [Theory]
    [InlineData(false, typeof(Dense))]
    [InlineData(true, typeof(Conv2D))]
    public void A_rectifier_behind_an_average_gets_a_layer(bool keepsDimensions, Type added)
    {
        Graph graph = new Graph(8, 8, 3).Conv("stem", 3, 3, 4).ReLU("relu").Conv("conv", 3, 4, 5)
            .GlobalAverage("average", keepsDimensions).ReLU("last_relu");
        graph = keepsDimensions ? graph.Conv("last", 1, 5, 2) : graph.Dense("last", 5, 2);
        Model repaired = RepairCase.Check(graph.Build(), ["AkidaPatternUnknown"], tolerance: 0);
        Assert.IsType(added, repaired.NodeOf("last_relu_identity").Layer);
        Assert.Equal("average", repaired.NodeOf("last_relu_identity").Inputs[0]);
    }

    [Fact]
    public void An_average_of_a_branch_gets_a_convolution()
    {
        Model model = new Graph(8, 8, 3).Conv("stem", 3, 3, 4).ReLU("relu").Conv("conv", 3, 4, 4).GlobalAverage("left")
            .Add(new GlobalAveragePooling2D { Name = "right" }, "relu").Sum("sum", "left", "right").Dense("last", 4, 2).Build();
        Model repaired = RepairCase.Check(model, ["AkidaPatternUnknown"], tolerance: 0);
        Assert.Equal("right", Assert.Single(repaired.Repair!.Changes).Layer);
    }

    [Fact]
    public void An_average_behind_a_pool_of_values_with_a_sign_relies_on_a_form_of_ours()
    {
        Model model = new Graph(8, 8, 3).Conv("stem", 3, 3, 4).ReLU("relu").Conv("conv", 3, 4, 4).MaxPool("pool").GlobalAverage("average")
            .Dense("last", 4, 2).Build();
        Model repaired = RepairCase.Check(model, ["AkidaPatternUnknown"], tolerance: 0);
        Assert.True(Assert.Single(repaired.Repair!.Changes).IsOwnForm);
    }

    [Fact]
    public void An_average_of_one_channel_is_a_dense_layer()
    {
        Model model = new Graph(8, 7, 3).Conv("stem", 3, 3, 4).ReLU("relu").Conv("conv", 3, 4, 1).MaxPool("pool").ReLU("last_relu")
            .GlobalAverage("average").Dense("last", 1, 2).Build();
        Model repaired = RepairCase.Check(model);
        Assert.IsType<Dense>(repaired.NodeOf("average").Layer);
    }

    private static Conv2D Same(Conv2D layer) => layer with { Window = layer.Window with { Padding = Padding.Same } };
}

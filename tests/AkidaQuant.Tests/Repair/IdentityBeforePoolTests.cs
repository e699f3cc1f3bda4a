using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

/// <summary>Maximum pools that no convolution can take (convert.md 2.4, 3.5).</summary>
public sealed class IdentityBeforePoolTests
{
    [Fact]
    public void A_pool_of_a_branch_gets_an_identity_in_front_and_a_rectifier_behind() =>
        Gen.Select(
                Gen.Int[2, 4],
                Gen.Int[1, 3],
                Gen.OneOf(Padding.Same, Padding.Valid, Padding.Explicit),
                Gen.Int[7, 10],
                Gen.Int[7, 10],
                Gen.OneOf(3, 12))
            .Where((size, stride, padding, _, _, _) => padding != Padding.Explicit || (size == 3 && stride < 3))
            .Sample(
                (size, stride, padding, height, width, channels) =>
                {
                    EdgePads pads = padding == Padding.Explicit ? new EdgePads(1, 1, 1, 1) : default;
                    Graph graph = new Graph(height, width, 3)
                        .Conv("stem", 3, 3, channels, with: Same).ReLU("relu")
                        .Add(new MaxPooling2D { Name = "pool", Window = Graph.Window(size, stride, padding) with { Pads = pads } })
                        .Conv("left", 1, channels, 3)
                        .GlobalAverage("left_average").Add(new GlobalAveragePooling2D { Name = "right_average" }, "relu");
                    Model model = graph.Dense("right", channels, 3).Sum("sum", "left_average", "right").Build();
                    Model repaired = RepairCase.Check(model, tolerance: 0);
                    Assert.All(repaired.Repair!.Changes, change => Assert.False(change.IsOwnForm));
                    foreach (Node pool in repaired.Nodes.Where(node => node.Layer is MaxPooling2D))
                    {
                        Assert.True(repaired.NodeOf(pool.Inputs[0]).Layer is Conv2D or DepthwiseConv2D);
                        Assert.IsType<ReLU>(Assert.Single(repaired.Consumers(pool.Name)).Layer);
                        Assert.True(size != 3 || stride > 2 || ((MaxPooling2D)pool.Layer).Window.KernelSize == (2, 2));
                    }
                },
                iter: 25,
                threads: 1);

    [Fact]
    public void Values_that_may_be_negative_are_pooled_without_a_rectifier_in_a_form_of_ours()
    {
        Graph graph = new Graph(9, 9, 3).Conv("stem", 3, 3, 4, with: Same).ReLU("relu")
            .Conv("branch", 1, 4, 4)
            .MaxPool("pool", 3).Conv("left", 1, 4, 2)
            .Conv("right", 3, 4, 2, ["branch"], own => own with { Window = Graph.Window(3, 3) })
            .Sum("sum", "left", "right");
        Model repaired = RepairCase.Check(graph.Conv("last", 1, 2, 2).Build(), ["AkidaPatternUnknown"], tolerance: 0);
        Assert.True(Assert.Single(repaired.Repair!.Changes).IsOwnForm);
        Assert.DoesNotContain(repaired.GraphLayers, layer => layer.Name == "pool_relu");
    }

    [Fact]
    public void Values_with_a_sign_are_pooled_in_two_steps_where_the_image_is_cropped_on_one_axis_only()
    {
        Model model = new Graph(9, 8, 3).Conv("stem", 3, 3, 4, with: Same).ReLU("relu").Conv("conv", 3, 4, 4, with: Same)
            .MaxPool("pool").Conv("last", 1, 4, 2).Build();
        Model repaired = RepairCase.Check(model, ["AkidaPoolPadding", "AkidaPatternUnknown"], tolerance: 0);
        Assert.True(repaired.Repair!.Changes[0].IsOwnForm);
        Assert.Single(repaired.GraphLayers, layer => layer is MaxPooling2D);
    }

    [Fact]
    public void A_pool_that_fits_no_padding_of_its_convolution_follows_the_rectifier()
    {
        Model model = new Graph(9, 9, 3)
            .Conv("conv", 3, 3, 4, with: Same).MaxPool("pool").ReLU("relu")
            .Conv("last", 3, 4, 2)
            .Build();
        Model repaired = RepairCase.Check(model, ["AkidaPoolPadding"], tolerance: 0);
        Assert.Equal(
            "in conv relu pool_identity_conv pool pool_relu last", string.Join(' ', repaired.Nodes.Select(node => node.Name)));
        Assert.False(Assert.Single(repaired.Repair!.Changes).IsOwnForm);
    }

    [Fact]
    public void Two_pools_in_a_row_have_a_convolution_each()
    {
        Model model = new Graph(12, 12, 3)
            .Conv("conv", 3, 3, 4, with: Same).ReLU("relu").MaxPool("first").MaxPool("second").Conv("last", 3, 4, 2)
            .Build();
        Model repaired = RepairCase.Check(model, tolerance: 0);
        Assert.All(repaired.Repair!.Changes, change => Assert.False(change.IsOwnForm));
    }

    [Fact]
    public void A_pool_behind_a_transposed_convolution_takes_the_rectifier_that_follows()
    {
        Graph graph = new Graph(6, 6, 3).Conv("conv", 3, 3, 4, with: Same).ReLU("relu");
        graph.Add(new Conv2DTranspose
        {
            Name = "up",
            Filters = 4,
            Window = new TransposedWindow { Forward = Graph.Window(3, 2, Padding.Same) },
            Kernel = graph.Values(3, 3, 4, 4),
            UseBias = false,
        });
        Model model = graph.MaxPool("pool").ReLU("last").Conv("head", 1, 4, 2).Build();
        Model repaired = RepairCase.Check(model, ["AkidaPatternUnknown"], tolerance: 0);
        Assert.Equal("in conv relu up pool_identity_conv pool last head", string.Join(' ', repaired.Nodes.Select(node => node.Name)));
        Assert.False(Assert.Single(repaired.Repair!.Changes).IsOwnForm);
    }

    private static Conv2D Same(Conv2D layer) => layer with { Window = layer.Window with { Padding = Padding.Same } };
}

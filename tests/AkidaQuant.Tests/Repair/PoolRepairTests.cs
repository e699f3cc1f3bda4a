using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

/// <summary>Pools that convert without a layer added: rectified, moved, written otherwise, or with zeros taken up.</summary>
public sealed class PoolRepairTests
{
    [Fact]
    public void A_pool_behind_an_identity_gets_a_rectifier_where_no_value_is_negative()
    {
        Model model = Branches(head => head.Sum("join", "left_relu", "right_relu"), 4);
        Model repaired = RepairCase.Check(model, ["AkidaPatternUnknown"], tolerance: 0);
        Assert.Equal(["join_identity_conv", "pool", "pool_relu"], Names(repaired).SkipLast(1).TakeLast(3));
        Assert.Equal(0, Assert.Single(repaired.Repair!.Changes).AddedMacs);
    }

    [Fact]
    public void A_pool_of_values_with_a_sign_behind_a_convolution_converts_as_it_is()
    {
        Model model = new Graph(8, 8, 3)
            .Conv("stem", 3, 3, 4).ReLU("relu").Conv("conv", 3, 4, 4).MaxPool("pool").Conv("last", 1, 4, 2).Build();
        RepairCase.CheckUntouched(model);
    }

    [Fact]
    public void A_pool_behind_a_concatenation_moves_into_its_branches() =>
        Gen.Select(Gen.OneOf(2, 4), Gen.OneOf(Padding.Same, Padding.Valid), Gen.Int[1, 3])
            .Sample(
                (size, padding, branches) =>
                {
                    Graph graph = new Graph(12, 12, 3).Conv("stem", 3, 3, 4, with: Same).ReLU("relu");
                    for (int i = 0; i <= branches; i++)
                    {
                        graph.Conv($"b{i}", i % 2 == 0 ? 1 : 3, 4, 3, ["relu"], Same).ReLU($"r{i}");
                    }

                    graph.Add(new Concatenate { Name = "join" }, [.. Enumerable.Range(0, branches + 1).Select(i => $"r{i}")]);
                    Model model = graph
                        .Add(new MaxPooling2D { Name = "pool", Window = Graph.Window(size, size, padding) })
                        .Conv("last", 1, 3 * (branches + 1), 2).Build();
                    Model repaired = RepairCase.Check(model, ["AkidaPatternUnknown"], tolerance: 0);
                    Assert.Equal(branches + 1, repaired.GraphLayers.Count(layer => layer is MaxPooling2D));
                    Assert.DoesNotContain(Names(repaired), name => name == "join_identity_conv");
                    Assert.True(Assert.Single(repaired.Repair!.Changes).AddedMacs < 0);
                },
                iter: 6,
                threads: 1);

    [Fact]
    public void A_pool_of_3x3_behind_a_concatenation_becomes_two_that_processors_have_in_the_place_of_the_identity()
    {
        Graph graph = new Graph(12, 12, 3).Conv("stem", 3, 3, 4, with: Same).ReLU("relu")
            .Conv("left", 1, 4, 6).ReLU("left_relu").Conv("right", 1, 4, 6, ["relu"]).ReLU("right_relu")
            .Add(new Concatenate { Name = "join" }, "left_relu", "right_relu")
            .Add(new MaxPooling2D { Name = "pool", Window = Graph.Window(3, 2, Padding.Same) });
        Model repaired = RepairCase.Check(graph.Conv("last", 1, 12, 2).Build(), ["AkidaPatternUnknown"], tolerance: 0);
        Assert.Equal(
            ["join", "pool_identity_conv", "pool_half", "pool_half_relu", "pool_identity_conv_1", "pool", "pool_relu", "last"],
            Names(repaired).TakeLast(8));
        Assert.All(repaired.GraphLayers.OfType<MaxPooling2D>(), pool => Assert.Equal((2, 2), pool.Window.KernelSize));
    }

    [Fact]
    public void A_pool_stays_behind_a_concatenation_one_of_whose_branches_is_taken_elsewhere()
    {
        Model model = Branches(
            head => head.Add(new Concatenate { Name = "join" }, "left_relu", "right_relu"),
            8,
            last => last.Conv("side", 1, 4, 2, ["left_relu"]));
        Model repaired = RepairCase.Check(model, ["AkidaPatternUnknown"], tolerance: 0);
        Assert.Single(repaired.GraphLayers, layer => layer is MaxPooling2D);
    }

    [Theory]
    [InlineData(1, 2, 1, 8)]
    [InlineData(2, 1, 9, 1)]
    public void A_pool_over_an_image_of_one_row_or_column_becomes_square(int rows, int columns, int height, int width)
    {
        Model model = new Graph(height, width, 3)
            .Conv("conv", 3, 3, 4, with: Same)
            .Add(new MaxPooling2D
            {
                Name = "pool",
                Window = new ConvolutionWindow { KernelSize = (rows, columns), Strides = (rows, columns), Padding = Padding.Same },
            })
            .ReLU("relu").GlobalAverage("average").Dense("last", 4, 2).Build();

        // The average behind a pool is another rule's.
        Model repaired = RepairCase.Check(model, tolerance: 0);
        Assert.Equal((2, 2), ((MaxPooling2D)repaired.NodeOf("pool").Layer).Window.KernelSize);
        Assert.Contains("AkidaPoolNotSquare", repaired.Repair!.Changes.Select(change => change.Rule));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    public void A_pool_of_one_cell_becomes_a_depthwise_convolution_with_its_strides(int size)
    {
        Model model = new Graph(size, size, 3).Conv("stem", 3, 3, 4, with: Same).ReLU("relu")
            .Conv("conv", 3, 4, 5, with: own => Same(own) with { Window = Graph.Window(3, 2, Padding.Same) })
            .Add(new MaxPooling2D { Name = "pool", Window = Graph.Window(1, 2) }, "relu").Conv("shortcut", 1, 4, 5)
            .Sum("sum", "conv", "shortcut").Conv("last", 3, 5, 2).Build();
        Model repaired = RepairCase.Check(model, ["AkidaPatternUnknown"], tolerance: 0);
        Assert.IsType<DepthwiseConv2D>(repaired.NodeOf("pool").Layer);
    }

    [Fact]
    public void Pools_are_padded_as_their_convolutions_once_anything_is_changed()
    {
        Graph graph = new Graph(8, 8, 3).Conv("stem", 3, 3, 4, with: Same).MaxPool("pool").ReLU("relu");
        RepairCase.CheckUntouched(graph.Conv("conv", 3, 4, 4, with: Same).ReLU("conv_relu").Build());
        Model repaired = RepairCase.Check(graph.MaxPool("second").MaxPool("third").Build(), tolerance: 0);
        Assert.All(repaired.GraphLayers.OfType<MaxPooling2D>(), pool => Assert.Equal(Padding.Same, pool.Window.Padding));
        Assert.Contains("AkidaPoolPadding", repaired.Repair!.Changes.Select(change => change.Rule));
    }

    [Fact]
    public void Zeros_around_a_rectified_image_are_taken_into_the_pool()
    {
        Model model = new Graph(10, 10, 3)
            .Conv("stem", 3, 3, 4, with: Same).ReLU("relu").Pad("zeros", (1, 1), (1, 1))
            .Add(new MaxPooling2D { Name = "pool", Window = Graph.Window(3, 2) })
            .Conv("last", 3, 4, 2).Build();
        Model repaired = RepairCase.Check(model);
        Assert.DoesNotContain(repaired.GraphLayers, layer => layer is ZeroPadding2D);
        Assert.Equal("StaysFloat", repaired.Repair!.Changes[0].Rule);
        Assert.All(repaired.Repair!.Changes, change => Assert.False(change.IsOwnForm));
    }

    [Fact]
    public void Zeros_around_an_image_with_signs_stay()
    {
        Model model = new Graph(10, 10, 3)
            .Conv("stem", 3, 3, 4).Pad("zeros", (1, 1), (1, 1))
            .Add(new MaxPooling2D { Name = "pool", Window = Graph.Window(3, 2) })
            .Conv("last", 3, 4, 2).Build();
        RepairCase.CheckUntouched(model, new RepairOptions { Parameters = new QuantizationParams { InputType = IntegerType.Int8 } });
    }

    [Fact]
    public void The_dense_layer_behind_a_pool_takes_the_cells_that_padding_adds() =>
        Gen.Select(Gen.Int[5, 9], Gen.Int[5, 9], Gen.Int[2, 3])
            .Where((height, width, size) => height % size != 0 || width % size != 0)
            .Sample(
                (height, width, size) =>
                {
                    Model model = new Graph(height, width, 3)
                        .Conv("conv", 3, 3, 4, with: Same).MaxPool("pool", size).ReLU("relu")
                        .Add(new Flatten { Name = "flat" })
                        .Dense("dense", height / size * (width / size) * 4, 5).ReLU("dense_relu").Dense("last", 5, 2).Build();
                    RepairCase.Check(model, ["AkidaPoolPadding"]);
                },
                iter: 10,
                threads: 1);

    private static Conv2D Same(Conv2D layer) => layer with { Window = layer.Window with { Padding = Padding.Same } };

    private static IEnumerable<string> Names(Model model) => model.Nodes.Select(node => node.Name);

    private static Model Branches(Func<Graph, Graph> join, int channels, Func<Graph, Graph>? last = null)
    {
        Graph graph = new Graph(8, 8, 3).Conv("stem", 3, 3, 4, with: Same).ReLU("relu")
            .Conv("left", 3, 4, 4, with: Same).ReLU("left_relu")
            .Conv("right", 1, 4, 4, ["relu"]).ReLU("right_relu");
        graph = join(graph).MaxPool("pool").Conv("last", 1, channels, 2);
        if (last is null)
        {
            return graph.Build();
        }

        return last(graph.GlobalAverage("average")).GlobalAverage("side_average").Sum("sum", "average", "side_average").Build();
    }
}

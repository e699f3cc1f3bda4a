using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>Networks of the forms that people publish, made small, with random weights: all convert when they are repaired.</summary>
public sealed class PublicShapesTests
{
    [Theory]
    [InlineData(33)]
    [InlineData(30)]
    public void SqueezeNet_with_pools_behind_its_fire_modules(int size)
    {
        Graph graph = Stem(size);
        Pool(graph, "pool1", 3, 2, Padding.Valid);
        Fire(graph, "fire2", 8, 4, 6);
        Fire(graph, "fire3", 12, 4, 6);
        Pool(graph, "pool3", 3, 2, Padding.Valid);
        Fire(graph, "fire4", 12, 4, 8);
        graph.Conv("conv10", 1, 16, 5).ReLU("relu10").GlobalAverage("average");
        Model repaired = Repaired(graph.Build());
    }

    [Fact]
    public void GoogLeNet_with_an_inception_module_and_padded_pools()
    {
        Graph graph = Stem(28);
        Pool(graph, "pool1", 2, 2, Padding.Same);
        Inception(graph, "a", "pool1", 8);
        Pool(graph, "pool2", 3, 2, Padding.Same);
        Inception(graph, "b", "pool2", 16);
        graph.GlobalAverage("average").Dense("classifier", 16, 4);
        Model repaired = Repaired(graph.Build());
        Assert.All(Pools(repaired), pool => Assert.Equal((2, 2), pool.Window.KernelSize));
    }

    [Fact]
    public void U_Net_whose_pools_stand_beside_the_skips()
    {
        Graph graph = new Graph(16, 16, 1)
            .Conv("down1", 3, 1, 6, with: Same).ReLU("down1_relu");
        Pool(graph, "pool1", 2, 2, Padding.Valid);
        graph.Conv("down2", 3, 6, 8, with: Same).ReLU("down2_relu");
        Pool(graph, "pool2", 2, 2, Padding.Valid);
        graph.Conv("middle", 3, 8, 8, with: Same).ReLU("middle_relu");
        Up(graph, "up2", 8, 8).Add(new Concatenate { Name = "join2" }, "up2", "down2_relu")
            .Conv("merge2", 3, 16, 6, with: Same).ReLU("merge2_relu");
        Up(graph, "up1", 6, 6).Add(new Concatenate { Name = "join1" }, "up1", "down1_relu").Conv("merge1", 3, 12, 2, with: Same);
        Model repaired = Repaired(graph.Build());
        Assert.Equal(["pool1", "pool2"], repaired.Repair!.Changes.Select(change => change.Layer));
    }

    [Fact]
    public void A_residual_network_with_a_pool_behind_its_sum()
    {
        Graph graph = new Graph(15, 15, 3).Conv("stem", 3, 3, 6, with: Same).ReLU("stem_relu")
            .Conv("block", 3, 6, 6, with: Same).Sum("sum", "block", "stem_relu").ReLU("sum_relu");
        Pool(graph, "pool", 3, 2, Padding.Same);
        graph.Conv("last", 3, 6, 4, with: Same).ReLU("last_relu").GlobalAverage("average").Dense("classifier", 4, 3);
        RepairCase.CheckUntouched(graph.Build());
    }

    /// <summary>The network converts, and the reference's converter has a pattern for each of its layers (convert.md 2.4).</summary>
    private static Model Repaired(Model model)
    {
        Model repaired = RepairCase.Check(model);
        Assert.All(repaired.Repair!.Changes, change => Assert.False(change.IsOwnForm));
        Assert.True(Judgement.Of(repaired, new RepairOptions()).IsFine(isChanged: true));
        return repaired;
    }

    private static Graph Stem(int size) => new Graph(size, size, 3)
        .Conv("conv1", 3, 3, 8, with: own => own with { Window = Graph.Window(3, 2, Padding.Same) }).ReLU("relu1");

    private static IEnumerable<MaxPooling2D> Pools(Model model) => model.GraphLayers.OfType<MaxPooling2D>();

    private static Conv2D Same(Conv2D layer) => layer with { Window = layer.Window with { Padding = Padding.Same } };

    private static void Pool(Graph graph, string name, int size, int stride, Padding padding, params string[] from) =>
        graph.Add(new MaxPooling2D { Name = name, Window = Graph.Window(size, stride, padding) }, from);

    private static void Fire(Graph graph, string name, int channels, int squeezed, int expanded) => graph
        .Conv($"{name}_squeeze", 1, channels, squeezed).ReLU($"{name}_squeeze_relu")
        .Conv($"{name}_left", 1, squeezed, expanded).ReLU($"{name}_left_relu")
        .Conv($"{name}_right", 3, squeezed, expanded, [$"{name}_squeeze_relu"], Same).ReLU($"{name}_right_relu")
        .Add(new Concatenate { Name = name }, $"{name}_left_relu", $"{name}_right_relu");

    private static void Inception(Graph graph, string name, string from, int channels)
    {
        graph
            .Conv($"{name}_1", 1, channels, 4, [from]).ReLU($"{name}_1_relu")
            .Conv($"{name}_3_reduce", 1, channels, 3, [from]).ReLU($"{name}_3_reduce_relu")
            .Conv($"{name}_3", 3, 3, 4, with: Same).ReLU($"{name}_3_relu")
            .Conv($"{name}_5_reduce", 1, channels, 3, [from]).ReLU($"{name}_5_reduce_relu")
            .Conv($"{name}_5", 5, 3, 4, with: Same).ReLU($"{name}_5_relu");
        Pool(graph, $"{name}_pool", 3, 1, Padding.Same, from);
        graph
            .Conv($"{name}_pooled", 1, channels, 4).ReLU($"{name}_pooled_relu")
            .Add(
                new Concatenate { Name = $"{name}_out" },
                $"{name}_1_relu",
                $"{name}_3_relu",
                $"{name}_5_relu",
                $"{name}_pooled_relu");
    }

    private static Graph Up(Graph graph, string name, int channels, int filters) => graph.Add(new Conv2DTranspose
    {
        Name = name,
        Filters = filters,
        Window = new TransposedWindow { Forward = Graph.Window(3, 2, Padding.Same) },
        Kernel = graph.Values(3, 3, filters, channels),
        UseBias = false,
    });
}

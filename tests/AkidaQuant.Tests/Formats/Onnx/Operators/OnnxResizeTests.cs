using AkidaQuant.Formats.Onnx;
using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Formats.Onnx.Operators;

/// <summary>Resizes that repeat rows and columns, or take some: what the indices say counts, not the names of modes.</summary>
public sealed class OnnxResizeTests(ITestOutputHelper output)
{
    private static readonly string[] Coordinates =
        ["asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel", "tf_half_pixel_for_nn", "half_pixel_symmetric"];

    private static readonly string[] Roundings = ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"];

    /// <summary>What is imported is right; how much is, follows from the modes.</summary>
    [Fact]
    public void Every_mode() => OnnxCases.Check(output, 0.4, test =>
    {
        test.Graph.Opset = test.Pick(13, 18, 19);
        string x = test.Behind(test.Image(test.Between(1, 3), test.Between(1, 5), test.Between(1, 5)));
        string coordinates = test.Pick(test.Graph.Opset == 19 ? Coordinates : Coordinates[..^1]);
        float[] scales = [1, 1, test.Pick(1f, 2, 2, 3, 4, 0.5f, 1.5f), test.Pick(1f, 2, 2, 3, 4, 0.5f, 1.5f)];
        if (test.OneIn(2))
        {
            scales[3] = scales[2];
        }

        string given = test.Constant(new Shape(4), scales);
        return test.Node(
            "Resize",
            [x, null, given],
            ("coordinate_transformation_mode", coordinates),
            ("nearest_mode", test.Pick(Roundings)),
            ("mode", "nearest"));
    }, count: 1000);

    /// <summary>From the middles of cells, as Keras has it; whole factors by the layer that repeats, others by that of any size.</summary>
    [Fact]
    public void Bilinear() => OnnxCases.Check(output, 1, test =>
    {
        test.Graph.Opset = test.Pick(13, 18);
        string x = test.Behind(test.Image(test.Between(1, 3), test.Pick(4, 6), test.Pick(4, 6)));
        return test.Node(
            "Resize",
            [x, null, test.Constant(new Shape(4), [1, 1, test.Pick(0.5f, 1, 1.5f, 2, 3), test.Pick(0.5f, 1, 1.5f, 2, 3)])],
            ("coordinate_transformation_mode", test.Pick("half_pixel", "pytorch_half_pixel")),
            ("mode", "linear"));
    });

    [Fact]
    public void Every_mode_of_one_cell() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Behind(test.Image(test.Between(1, 3), 1, 1));
        string scales = test.Constant(new Shape(4), [1, 1, test.Between(1, 5), test.Between(1, 5)]);
        return test.Node(
            "Resize",
            [x, null, scales],
            ("mode", test.Pick("nearest", "linear", "cubic")),
            ("coordinate_transformation_mode", test.Pick("asymmetric", "half_pixel", "align_corners")));
    });

    [Fact]
    public void Old_operator_sets() => OnnxCases.Check(output, 1, test =>
    {
        test.Graph.Opset = test.Pick(7, 9, 10);
        string x = test.Behind(test.Image(test.Between(1, 3), test.Between(1, 5), test.Between(1, 5)));
        float[] scales = [1, 1, test.Between(1, 4), test.Between(1, 4)];
        return test.Graph.Opset == 7
            ? test.Node("Upsample", [x], ("scales", scales), ("mode", "nearest"))
            : test.Node(test.Graph.Opset == 9 ? "Upsample" : "Resize", [x, test.Constant(new Shape(4), scales)], ("mode", "nearest"));
    });

    [Fact]
    public void Lines() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Input(new Shape(2, test.Between(3, 6)));
        x = test.Node("Conv", [x, test.Weights(2, 2, 3)], ("pads", new[] { 1, 1 }));
        return test.Node(
            "Resize",
            [x, null, test.Constant(new Shape(3), [1, 1, test.Between(1, 4)])],
            ("coordinate_transformation_mode", "asymmetric"),
            ("nearest_mode", "floor"));
    });

    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 2)]
    [InlineData(8, 3)]
    [InlineData(3, 1)]
    public void Powers_of_two_are_doublings(int factor, int layers)
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node(
            "Resize",
            [graph.Input(new Shape(3, 2, 2)), null, graph.Floats(new Shape(4), [1, 1, factor, factor])],
            ("mode", "nearest")));
        OnnxComparison.AssertSame(graph, new Shape(3, 2, 2));
        Assert.Equal(
            layers,
            OnnxReader.Read("resize.onnx", graph.ToBytes()).GraphLayers.Count(layer => layer is DepthwiseConv2DTranspose));
    }

    [Fact]
    public void What_is_between_cells_is_refused_with_the_mode()
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node(
            "Resize",
            [graph.Input(new Shape(3, 2, 2)), null, graph.Floats(new Shape(4), [1, 1, 2, 2])],
            ("mode", "linear"),
            ("coordinate_transformation_mode", "align_corners")));
        QuantException error = Assert.Throws<QuantException>(() => OnnxReader.Read("resize.onnx", graph.ToBytes()));
        Assert.Equal("OnnxResize", error.Id);
        Assert.Contains("linear", error.Message, StringComparison.Ordinal);
    }
}

using AkidaQuant.Formats.Onnx;

namespace AkidaQuant.Tests.Formats.Onnx.Operators;

/// <summary>Operators of sets before 7, which ONNX Runtime does not run: they compute what the forms of set 7 do.</summary>
public sealed class OnnxOldOperatorsTests
{
    private static readonly Shape Image = new(3, 4, 3);

    [Theory]
    [InlineData("Add")]
    [InlineData("Sub")]
    [InlineData("Mul")]
    [InlineData("Div")]
    public void Constants_along_a_named_axis(string type) => AssertSame(
        (graph, x) => graph.Node(type, [x, graph.Floats(new Shape(3), [1, 2, 3])], ("axis", 1), ("broadcast", 1)),
        (graph, x) => graph.Node(type, [x, graph.Floats(new Shape(3, 1, 1), [1, 2, 3])]));

    [Fact]
    public void Slopes_of_channels() => AssertSame(
        (graph, x) => graph.Node("PRelu", [x, graph.Floats(new Shape(3), [0.1f, 0.2f, 0.3f])]),
        (graph, x) => graph.Node("PRelu", [x, graph.Floats(new Shape(3, 1, 1), [0.1f, 0.2f, 0.3f])]));

    [Fact]
    public void Shapes_and_pads_and_bounds_as_attributes() => AssertSame(
        (graph, x) => graph.Node(
            "Reshape",
            [graph.Node("Pad", [graph.Node("Clip", [x], ("min", -0.5f), ("max", 0.5f))], ("paddings", new[] { 0, 0, 1, 0, 0, 0, 1, 0 }))],
            ("shape", new[] { -1, 54 })),
        (graph, x) => graph.Node(
            "Reshape",
            [
                graph.Node("Pad", [graph.Node("Clip", [x], ("min", -0.5f), ("max", 0.5f))], ("pads", new[] { 0, 0, 1, 0, 0, 0, 1, 0 })),
                graph.Vector(-1, 54),
            ]));

    [Fact]
    public void Normalization_that_says_that_it_tests() => AssertSame(
        (graph, x) => Normalize(graph, x, 1, 1),
        (graph, x) => Normalize(graph, x, null, null));

    [Theory]
    [InlineData(0, 1, "OnnxTrainingMode")]
    [InlineData(1, 0, "OnnxBatchNormalization")]
    public void Normalization_otherwise_is_refused(int isTest, int spatial, string id)
    {
        OnnxGraphBuilder graph = new(6);
        graph.Output(Normalize(graph, graph.Input(Image), isTest, spatial));
        Assert.Equal(id, Assert.Throws<QuantException>(() => OnnxReader.Read("old.onnx", graph.ToBytes())).Id);
    }

    private static string Normalize(OnnxGraphBuilder graph, string x, int? isTest, int? spatial)
    {
        string[] parameters = [.. Enumerable.Range(0, 4).Select(i => graph.Floats(new Shape(3), [1 + i, 0.5f, 2]))];
        return graph.Node(
            "BatchNormalization", [x, .. parameters], ("is_test", isTest), ("spatial", spatial), ("momentum", 0.9f));
    }

    private static void AssertSame(Func<OnnxGraphBuilder, string, string> old, Func<OnnxGraphBuilder, string, string> next)
    {
        float[] samples = OnnxComparison.Random(new Random(1), 2 * Image.Size);
        Assert.Equal(Outputs(7, next), Outputs(6, old));

        float[] Outputs(long opset, Func<OnnxGraphBuilder, string, string> build)
        {
            OnnxGraphBuilder graph = new(opset);
            graph.Output(build(graph, graph.Input(Image)));
            return OnnxComparison.Outputs(OnnxReader.Read("old.onnx", graph.ToBytes()), samples, Image);
        }
    }
}

using AkidaQuant.Formats.Onnx;
using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Formats.Onnx.Operators;

/// <summary>Means and maxima over the axes of images, in the steps in which networks take them.</summary>
public sealed class OnnxReductionTests(ITestOutputHelper output)
{
    private static readonly string[] Operators = ["ReduceMean", "ReduceMax"];

    [Fact]
    public void Rows_and_columns_at_once() =>
        OnnxCases.Check(output, 1, test => Reduce(test, test.Behind(test.Image()), test.Pick<int[]>([2, 3], [3, 2], [-1, -2])));

    [Fact]
    public void Rows_or_columns() => OnnxCases.Check(output, 1, test => Reduce(test, test.Behind(test.Image()), [test.Pick(2, 3, -1, -2)]));

    [Fact]
    public void Rows_then_columns() => OnnxCases.Check(output, 1, test =>
        {
            string type = test.Pick(Operators);
            bool keeps = test.OneIn(2);
            string lines = Reduce(test, test.Behind(test.Image()), [test.Pick(2, 3)], type, keeps);
            return keeps
                ? Reduce(test, lines, [test.Pick(2, 3)], test.Pick(Operators))
                : Reduce(test, lines, [test.Pick(2, -1)], test.Pick(Operators));
        });

    [Fact]
    public void Pixels_in_one_line() => OnnxCases.Check(output, 1, test =>
        {
            string x = test.Behind(test.Image());
            Shape image = test.Sample;
            string line = test.Node("Reshape", [x, test.Integers(0, image[0], -1)]);
            return test.OneIn(2)
                ? Reduce(test, line, [test.Pick(2, -1)])
                : Reduce(test, test.Node("Transpose", [line], ("perm", new[] { 0, 2, 1 })), [1]);
        });

    [Fact]
    public void Images_with_their_channels_last() => OnnxCases.Check(output, 1, test =>
        Reduce(test, test.Node("Transpose", [test.Behind(test.Image())], ("perm", new[] { 0, 2, 3, 1 })), [1, 2]));

    /// <summary>A pool that takes every other column is none of lines.</summary>
    [Fact]
    public void Pools_of_the_length_of_lines() => OnnxCases.Check(output, 1, test =>
        {
            string x = test.Behind(test.Image(2, test.Between(2, 5), test.Between(2, 5)));
            int step = test.Between(1, 2);
            string pool = test.Node(
                test.Pick("MaxPool", "AveragePool"),
                [x],
                ("kernel_shape", new[] { test.Sample[1], 1 }),
                ("strides", new[] { step, step }));
            return Reduce(test, pool, [3]);
        });

    /// <summary>Processors have the average of an image, and not those of its rows.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Means_in_steps_are_the_average_of_the_image(bool inSteps)
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Node("Relu", [graph.Input(new Shape(3, 4, 5))]);
        string line = inSteps
            ? graph.Node("ReduceMean", [x], ("axes", new[] { -1 }), ("keepdims", 0))
            : graph.Node("Reshape", [x, graph.Vector(0, 3, -1)]);
        Model model = OnnxReader.Read(
            "network.onnx",
            graph.Output(graph.Node("ReduceMean", [line], ("axes", new[] { -1 }), ("keepdims", 0))).ToBytes());
        Assert.Equal(["InputLayer", "ReLU", "GlobalAveragePooling2D"], model.GraphLayers.Select(layer => layer.ClassName));
        Assert.False(((GlobalAveragePooling2D)model.GraphLayers.Last()).KeepDims);
    }

    [Theory]
    [InlineData("ReduceMean")]
    [InlineData("ReduceMax")]
    public void Channels_are_reduced_in_float(string type)
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node(type, [graph.Input(new Shape(3, 4, 5))], ("axes", new[] { 1 })));
        OnnxComparison.AssertSame(graph, new Shape(3, 4, 5));
        Assert.IsType<TFOpLambda>(OnnxReader.Read("network.onnx", graph.ToBytes()).GraphLayers.Last());
    }

    private static string Reduce(OnnxCase test, string x, int[] axes, string? type = null, bool? keeps = null)
    {
        test.Graph.Opset = 17;
        return test.Node(
            type ?? test.Pick(Operators),
            [x],
            ("axes", axes),
            ("keepdims", (keeps ?? test.OneIn(2)) ? test.Pick<int?>(null, 1) : 0));
    }
}

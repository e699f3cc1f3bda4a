using AkidaQuant.Formats.Onnx;

namespace AkidaQuant.Tests.Formats.Onnx.Operators;

/// <summary>Pads that kernels and pools take up.</summary>
public sealed class OnnxPadTests(ITestOutputHelper output)
{
    [Fact]
    public void Values_below_all_others_before_maximum_pools() => OnnxCases.Check(output, 1, test =>
    {
        int size = test.Between(2, 4);
        string x = test.Node("Sub", [test.Image(2, test.Between(4, 7), test.Between(4, 7)), test.Scalar(5)]);
        int most = (size - 1) / 2;
        string padded = Pad(test, x, most, test.Pick(float.NegativeInfinity, float.MinValue));
        padded = test.OneIn(3) ? test.Node("Identity", [padded]) : padded;
        return test.Node(
            "MaxPool",
            [padded],
            ("kernel_shape", new[] { size, size }),
            ("strides", new[] { test.Between(1, 2), test.Between(1, 2) }),
            ("pads", test.OneIn(2) ? null : Enumerable.Range(0, 4).Select(_ => test.Between(0, most)).ToArray()));
    });

    [Fact]
    public void Zeros_before_kernels() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Behind(test.Image(2, test.Between(3, 6), test.Between(3, 6)));
        for (int i = test.Between(1, 3); i > 0; i--)
        {
            x = test.OneIn(2)
                ? Pad(test, x, 2, 0)
                : test.Node(test.Pick("Relu", "Tanh", "HardSwish", "LeakyRelu", "Identity", "Sigmoid"), [x]);
        }

        bool isDepthwise = test.OneIn(3);
        return test.Node(
            "Conv",
            [x, test.Weights(isDepthwise ? 2 : 3, isDepthwise ? 1 : 2, 3, 3)],
            ("group", isDepthwise ? 2 : 1),
            ("auto_pad", test.OneIn(4) ? "SAME_UPPER" : null),
            ("strides", new[] { 2, 2 }));
    });

    [Fact]
    public void Negative_amounts_cut() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Behind(test.Image(2, test.Between(4, 12), test.Between(4, 12)));
        return test.Node(
            "Pad",
            [x, test.Integers(0, 0, -test.Between(0, 2), test.Between(-1, 2), 0, 0, test.Between(-1, 1), -test.Between(0, 2))]);
    });

    [Theory]
    [InlineData("Relu", "InputLayer ReLU Conv2D")]
    [InlineData("Relu Tanh", "InputLayer ReLU Activation Conv2D")]
    [InlineData("Identity", "InputLayer Conv2D")]
    [InlineData("Sigmoid", "InputLayer ZeroPadding2D Activation Conv2D")]
    public void Functions_that_leave_zeros_let_pads_pass(string between, string layers)
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Node("Pad", [graph.Input(new Shape(2, 5, 5)), graph.Vector(0, 0, 1, 1, 0, 0, 1, 1)]);
        x = between.Split(' ').Aggregate(x, (value, type) => graph.Node(type, [value]));
        graph.Output(graph.Node("Conv", [x, graph.Floats(new Shape(2, 2, 3, 3), OnnxComparison.Random(new Random(2), 36))]));
        OnnxComparison.AssertSame(graph, new Shape(2, 5, 5));
        Assert.Equal(layers, string.Join(' ', OnnxReader.Read("pad.onnx", graph.ToBytes()).GraphLayers.Select(layer => layer.ClassName)));
    }

    [Theory]
    [InlineData("reflect", 0f, "mirrors")]
    [InlineData("edge", 0f, "repeats what lies at the borders")]
    [InlineData("constant", 1f, "Only zeros")]
    [InlineData("constant", float.NegativeInfinity, "maximum pool")]
    public void Others_are_refused_by_name(string mode, float value, string expected)
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Node(
            "Pad", [graph.Input(new Shape(2, 5, 5)), graph.Vector(0, 0, 1, 1, 0, 0, 1, 1), graph.Scalar(value)], ("mode", mode));
        graph.Output(graph.Node("Relu", [x]));
        QuantException error = Assert.Throws<QuantException>(() => OnnxReader.Read("pad.onnx", graph.ToBytes()));
        Assert.Equal("OnnxPad", error.Id);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(mode, error.Message, StringComparison.Ordinal);
    }

    private static string Pad(OnnxCase test, string x, int most, float value) => test.Node(
        "Pad",
        [
            x,
            test.Integers(0, 0, test.Between(0, most), test.Between(0, most), 0, 0, test.Between(0, most), test.Between(0, most)),
            test.Scalar(value),
        ]);
}

using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Quantized;
using AkidaQuant.Formats.Onnx.Schema;

namespace AkidaQuant.Tests.Formats.Onnx.Quantized;

/// <summary>Quantized nodes that contradict themselves: an error with their name, and never other integers.</summary>
public sealed class QuantizedRefusalTests
{
    private const int Channels = 2;
    private const int Filters = 3;
    private const QuantizedParts Parts =
        QuantizedParts.Biased | QuantizedParts.MaxPool | QuantizedParts.ReLUClipped | QuantizedParts.Scaled;

    private static readonly Dictionary<string, Action<QuantizedGraph, NodeProto>> Changes = new()
    {
        ["weights of another type"] = (graph, node) =>
            Replace(graph, node, "W", new float[Filters * Channels * 9], new Shape(Filters, Channels, 3, 3), OnnxElementType.Float),
        ["weights of another rank"] = (graph, node) =>
            Replace(graph, node, "W", new long[Filters * Channels * 9], new Shape(Filters, Channels, 9), OnnxElementType.Int8),
        ["weights for other channels"] = (graph, node) =>
            Replace(graph, node, "W", new long[Filters * 9], new Shape(Filters, 1, 3, 3), OnnxElementType.Int8),
        ["a bias for other filters"] = (graph, node) => Replace(graph, node, "bias", new long[2], new Shape(2), OnnxElementType.Int32),
        ["a bias along another axis"] = (graph, node) =>
            Replace(graph, node, "bias", new long[Filters], new Shape(1, 1, Filters, 1), OnnxElementType.Int32),
        ["a bound below 0"] = (graph, node) =>
            Replace(graph, node, "max_value", new long[] { 1, -1, 1 }, new Shape(1, Filters, 1, 1), OnnxElementType.Int32),
        ["pads of channels"] = (graph, node) =>
            Replace(graph, node, "pads", new long[] { 0, 1, 0, 0, 0, 0, 0, 0 }, new Shape(8), OnnxElementType.Int64),
        ["too few pads"] = (graph, node) => Replace(graph, node, "pads", new long[4], new Shape(4), OnnxElementType.Int64),
        ["a pad below 0"] = (graph, node) =>
            Replace(graph, node, "pads", new long[] { 0, 0, -1, 0, 0, 0, 0, 0 }, new Shape(8), OnnxElementType.Int64),
        ["a pad without end"] = (graph, node) =>
            Replace(graph, node, "pads", new[] { 0, 0, long.MaxValue, 0, 0, 0, 0, 0 }, new Shape(8), OnnxElementType.Int64),
        ["a divisor that is no power of two"] = (graph, node) =>
            Replace(graph, node, "Shift", new[] { 3f }, new Shape(1, 1, 1, 1), OnnxElementType.Float),
        ["a divisor of 0"] = (graph, node) => Replace(graph, node, "Shift", new[] { 0f }, new Shape(1, 1, 1, 1), OnnxElementType.Float),
        ["a divisor below 0"] = (graph, node) => Replace(graph, node, "Shift", new[] { -2f }, new Shape(1, 1, 1, 1), OnnxElementType.Float),
        ["factors with a sign"] = (graph, node) =>
            Replace(graph, node, "Scale", new long[Filters], new Shape(1, Filters, 1, 1), OnnxElementType.Int8),
        ["no strides"] = (_, node) => node.Attribute.Remove(Attribute(node, "strides")),
        ["a stride of 0"] = (_, node) => Attribute(node, "strides").Ints[0] = 0,
        ["a pool of 0 rows"] = (_, node) => Attribute(node, "pool_size").Ints[0] = 0,
        ["pads as large as the pool"] = (_, node) => Attribute(node, "pool_pads").Ints[2] = 2,
        ["no scale"] = (_, node) => node.Attribute.Remove(Attribute(node, "scale")),
        ["scales for other filters"] = (_, node) =>
            Attribute(node, "scale").T = OnnxTensors.Make(string.Empty, new Shape(2), new double[] { 1, 1 }, OnnxElementType.Double),
        ["a scale of 0"] = (_, node) =>
            Attribute(node, "scale").T = OnnxTensors.Make(string.Empty, new Shape(1), new double[] { 0 }, OnnxElementType.Double),
        ["an input too few"] = (_, node) => node.Input.RemoveAt(node.Input.Count - 1),
        ["two outputs"] = (_, node) => node.Output.Add("another"),
    };

    public static TheoryData<string> Names => [.. Changes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_convolution_that_contradicts_itself_is_refused(string change)
    {
        QuantizedGraph graph = new(1);
        string x = graph.Input(new Shape(Channels, 6, 6), signed: true);
        graph.End(graph.Convolution(x, Filters, Parts, 3, 1, [1, 1, 1, 1], (2, 2, [0, 0, 0, 0])));
        OnnxReader.Read("network.onnx", graph.Graph.ToBytes());
        NodeProto node = graph.Graph.Graph.Node.Single(node => node.OpType.StartsWith("QuantizedConv2D", StringComparison.Ordinal));
        Changes[change](graph, node);
        QuantException error = Assert.Throws<QuantException>(() => OnnxReader.Read("network.onnx", graph.Graph.ToBytes()));
        Assert.Equal(change == "weights for other channels" ? "LayerInputMismatch" : "QuantizedNodeInvalid", error.Id);
        Assert.Contains(node.Name, error.Message, StringComparison.Ordinal);
    }

    /// <summary>The scales of a Dequantizer are those of axis 1, which another node may have put elsewhere.</summary>
    [Fact]
    public void Scales_for_another_axis_than_the_channels_are_refused()
    {
        QuantizedGraph graph = new(1);
        string x = graph.Convolution(graph.Input(new Shape(2, 3, 4), signed: true), 3, QuantizedParts.Scaled, 1, 1, [0, 0, 0, 0]);
        string turned = graph.Graph.Node("Transpose", [x], ("perm", new[] { 0, 2, 3, 1 }));
        graph.Graph.Output(
            graph.Node("Dequantizer", QuantizedParts.None, 3, [("X", turned), ("scale", graph.Graph.Floats(new Shape(3), [1, 10, 100]))]));
        Assert.Equal(
            "QuantizedNodeInvalid",
            Assert.Throws<QuantException>(() => OnnxReader.Read("network.onnx", graph.Graph.ToBytes())).Id);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(30000)]
    [InlineData(1 << 24)]
    public void A_transposed_convolution_whose_output_fits_nowhere_is_refused(int rows)
    {
        QuantizedGraph graph = new(1);
        string x = graph.Input(new Shape(1, rows, 8), signed: true);
        graph.End(graph.Transposed(x, 1, QuantizedParts.Scaled, 3, 4096, [0, 0, 1, 1]));
        Assert.Equal("OnnxTensorTooLarge", Assert.Throws<QuantException>(() => OnnxReader.Read("network.onnx", graph.Graph.ToBytes())).Id);
    }

    private static AttributeProto Attribute(NodeProto node, string name) => node.Attribute.Single(attribute => attribute.Name == name);

    private static void Replace(QuantizedGraph graph, NodeProto node, string input, Array values, Shape shape, OnnxElementType type)
    {
        FunctionProto function = graph.Graph.Model.Functions.Single(function => function.Name == node.OpType);
        string name = node.Input[function.Input.IndexOf(input)];
        graph.Graph.Graph.Initializer.Remove(graph.Graph.Graph.Initializer.Single(tensor => tensor.Name == name));
        graph.Graph.Stored(OnnxTensors.Make(name, shape, values, type));
    }
}

using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Schema;

namespace AkidaQuant.Tests.Formats.Onnx.Graph;

/// <summary>A network is refused for what no layer computes, whatever comes on the way to it, and the part before it imports.</summary>
public sealed class OnnxObstaclesTests
{
    [Theory]
    [InlineData("GRU", "OnnxRecurrent", "GRU")]
    [InlineData("LSTM", "OnnxRecurrent", "StatefulRecurrent")]
    [InlineData("RNN", "OnnxRecurrent", "BufferTempConv")]
    public void Recurrent_layers(string type, string id, string expected) => Check(id, expected, "Conv", graph =>
    {
        int gates = type switch { "GRU" => 3, "LSTM" => 4, _ => 1 };
        string x = Convolved(graph);
        string turned = graph.Node("Transpose", [x], ("perm", new[] { 2, 0, 1 }));
        return graph.Node(
            type,
            [turned, Weights(graph, 1, gates * 3, 4), Weights(graph, 1, gates * 3, 3)],
            ("hidden_size", 3));
    });

    [Fact]
    public void Attention() => Check("OnnxAttention", "attention", "Transpose", graph =>
    {
        string x = graph.Node("Transpose", [Convolved(graph)], ("perm", new[] { 0, 2, 1 }));
        string[] parts = [.. Enumerable.Range(0, 3).Select(_ => graph.Node("MatMul", [x, Weights(graph, 4, 4)]))];
        string scores = graph.Node("MatMul", [parts[0], graph.Node("Transpose", [parts[1]], ("perm", new[] { 0, 2, 1 }))]);
        return graph.Node("MatMul", [graph.Node("Softmax", [scores], ("axis", -1)), parts[2]]);
    });

    [Fact]
    public void Products_of_tensors() => Check("OnnxAttention", "multiplies two tensors", "Conv", graph =>
    {
        string x = Convolved(graph);
        return graph.Node("MatMul", [graph.Node("Transpose", [x], ("perm", new[] { 0, 2, 1 })), x]);
    });

    [Fact]
    public void Embeddings()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(5), AkidaQuant.Formats.Onnx.Graph.OnnxElementType.Int32);
        graph.Output(graph.Node("Gather", [Weights(graph, 9, 4), x]));
        QuantException error = Refusal(graph);
        Assert.Equal("OnnxEmbedding", error.Id);
        Assert.Contains("embedding", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("-Output", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_that_is_open_is_not_asked_for_what_no_layer_computes()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(5, 4));
        graph.Graph.Input[0].Type.TensorType.Shape.Dim[1] = new TensorShapeProto.Types.Dimension { DimParam = "time" };
        graph.Output(graph.Node("LSTM", [x, Weights(graph, 1, 12, 4), Weights(graph, 1, 12, 3)], ("hidden_size", 3)));
        Assert.Equal("OnnxRecurrent", Refusal(graph).Id);
    }

    /// <summary>What has no name of its own is refused as before, and what all ways pass before it is named.</summary>
    [Fact]
    public void The_part_before_is_one_that_all_ways_pass() => Check("OnnxOperatorUnknown", "NonMaxSuppression", "Relu", graph =>
    {
        string x = graph.Node("Relu", [Convolved(graph)]);
        string sum = graph.Node("Sigmoid", [x]);
        return graph.Node("NonMaxSuppression", [graph.Node("Tanh", [x]), sum]);
    });

    [Fact]
    public void Behind_the_input_there_is_no_part_before()
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node("NonMaxSuppression", [graph.Input(new Shape(3, 4))]));
        Assert.DoesNotContain("-Output", Refusal(graph).Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Checks the refusal, and that the network up to the tensor that it names is one that imports and gives what ONNX Runtime gives.
    /// </summary>
    private static void Check(string id, string expected, string before, Func<OnnxGraphBuilder, string> build)
    {
        OnnxGraphBuilder graph = new();
        graph.Output(build(graph));
        QuantException error = Refusal(graph);
        Assert.Equal(id, error.Id);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("Import-QuantModel -Output '", error.Message, StringComparison.Ordinal);
        string tensor = error.Message.Split("-Output '")[1].Split('\'')[0];
        Assert.StartsWith(before, tensor, StringComparison.Ordinal);

        graph.Graph.Output.Clear();
        graph.Output(tensor);
        int last = graph.Graph.Node.ToList().FindIndex(node => node.Output.Contains(tensor));
        foreach (NodeProto node in graph.Graph.Node.Skip(last + 1).ToArray())
        {
            graph.Graph.Node.Remove(node);
        }

        OnnxComparison.AssertSame(graph, new Shape(2, 6));
    }

    private static QuantException Refusal(OnnxGraphBuilder graph) =>
        Assert.Throws<QuantException>(() => OnnxReader.Read("network.onnx", graph.ToBytes()));

    private static string Convolved(OnnxGraphBuilder graph) =>
        graph.Node("Conv", [graph.Input(new Shape(2, 6)), Weights(graph, 4, 2, 3)], ("pads", new[] { 1, 1 }));

    private static string Weights(OnnxGraphBuilder graph, params int[] dimensions)
    {
        Shape shape = new(dimensions);
        return graph.Floats(shape, OnnxComparison.Random(new Random(3), shape.Size));
    }
}

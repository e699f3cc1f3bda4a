using AkidaQuant.Formats.Onnx.Folding;
using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Tests.Formats.Onnx.Folding;

/// <summary>Values that networks compute from constants alone, here and in ONNX Runtime.</summary>
internal static class OnnxFolded
{
    /// <summary>A tensor without dimensions stands for one dimension more in the oracle, which takes some input.</summary>
    private static readonly Shape Unused = new(1);

    /// <summary>What a tensor is when the network is imported; null when it is not computed then.</summary>
    public static OnnxConstant? Value(OnnxGraphBuilder graph, string tensor)
    {
        OnnxGraph parsed = Parse(graph, tensor);
        OnnxFolding folding = new();
        Dictionary<string, OnnxConstant?> values = new() { [string.Empty] = null };
        foreach (OnnxNode node in parsed.Nodes)
        {
            IReadOnlyList<OnnxConstant>? folded = folding.Fold(
                node,
                [.. node.Inputs.Select(input => values.TryGetValue(input, out OnnxConstant? value) ? value : parsed.Constant(input))]);
            if (folded is null)
            {
                return null;
            }

            foreach ((string output, OnnxConstant value) in node.Outputs.Zip(folded))
            {
                values[output] = value;
            }
        }

        return values[tensor];
    }

    /// <summary>The error that folding ends with.</summary>
    public static QuantException Error(OnnxGraphBuilder graph, string tensor) => Assert.Throws<QuantException>(() => Value(graph, tensor));

    /// <summary>Asserts that a tensor has the same shape and values here and in ONNX Runtime.</summary>
    public static void AssertSame(OnnxGraphBuilder graph, string tensor, float tolerance = 0)
    {
        OnnxConstant value = Value(graph, tensor) ?? throw new InvalidOperationException($"{tensor} is not folded.");
        Parse(graph, graph.Node("Cast", [tensor], ("to", (int)OnnxElementType.Float)));
        using OnnxOracle oracle = OnnxOracle.Open(graph.ToBytes());
        OracleOutput expected = oracle.Run([0]);
        Assert.Equal(expected.Shape, value.Shape);
        Assert.Equal(expected.Values, value.Floats, (left, right) =>
            left.Equals(right) || MathF.Abs(left - right) <= tolerance * MathF.Max(1, MathF.Abs(left)));
        Assert.Equal(value.Shape.Size, value.Count);
    }

    private static OnnxGraph Parse(OnnxGraphBuilder graph, string output)
    {
        if (graph.Graph.Input.Count == 0)
        {
            graph.Input(Unused);
        }

        graph.Graph.Output.Clear();
        graph.Output(output);
        return new OnnxGraph(OnnxFile.Parse("folded.onnx", graph.ToBytes()));
    }
}

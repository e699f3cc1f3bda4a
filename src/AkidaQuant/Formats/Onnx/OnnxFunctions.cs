namespace AkidaQuant.Formats.Onnx;

/// <summary>Replaces calls of functions that the file defines by the nodes that they stand for.</summary>
internal static class OnnxFunctions
{
    /// <summary>The domain of the reference's quantized layers, whose functions are read as layers and not node by node (onnx.md 7.1).</summary>
    public const string QuantizedDomain = "com.brainchip";

    /// <summary>The nodes of the network.</summary>
    public static IReadOnlyList<OnnxNode> Inline(OnnxFile file) => [.. file.Graph.Node.Select(node => new OnnxNode(file, node))];
}

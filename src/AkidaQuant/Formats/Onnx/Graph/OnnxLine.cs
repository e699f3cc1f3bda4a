using AkidaQuant.Formats.Onnx.Schema;
using Kind = AkidaQuant.Formats.Onnx.Schema.AttributeProto.Types.AttributeType;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// Convolutions and pools over positions, as those over images of one row that compute the same. The one row is there for every stride and
/// dilation, so that these become the same in both directions, which is what depthwise layers and processors have.
/// </summary>
internal static class OnnxLine
{
    private static readonly string[] Windows = ["kernel_shape", "strides", "dilations", "pads", "output_padding", "output_shape"];

    /// <summary>Whether a graph convolves or pools tensors of channels and positions.</summary>
    public static bool IsIn(OnnxGraph graph) => graph.Nodes.Any(node => node.Domain.Length == 0 && node.OpType switch
    {
        "Conv" or "ConvTranspose" => node.Ints("kernel_shape") is { } kernel
            ? kernel.Length == 1
            : node.HasInput(1) && graph.Dimensions(node.Inputs[1]) is 3,
        "MaxPool" or "AveragePool" => node.Ints("kernel_shape") is [_],
        _ => false,
    });

    /// <summary>A node over positions as one over images of one row.</summary>
    /// <param name="node">The node, whose attributes are for one axis.</param>
    /// <param name="isTransposed">Whether strides make images larger, so that only those along the row are meant.</param>
    public static OnnxNode Widen(OnnxNode node, bool isTransposed = false)
    {
        IEnumerable<KeyValuePair<string, AttributeProto>> attributes = node.Attributes.Select(pair =>
            !Windows.Contains(pair.Key) ? pair : new(pair.Key, Widen(pair.Value, pair.Key, isTransposed)));
        return new OnnxNode(node, node.Name, node.Inputs, node.Outputs, attributes);
    }

    /// <summary>Weights (filters, channels, positions) as those of a kernel of one row.</summary>
    public static OnnxConstant Widen(OnnxConstant weights) =>
        weights.Reshape(new Shape(weights.Shape[0], weights.Shape[1], 1, weights.Shape[2]));

    private static AttributeProto Widen(AttributeProto attribute, string name, bool isTransposed)
    {
        AttributeProto wide = new() { Name = name, Type = Kind.Ints };
        wide.Ints.AddRange((name, attribute.Ints.ToArray()) switch
        {
            ("pads", [var begin, var end]) => [0, begin, 0, end],
            ("output_padding", [var more]) => [0, more],
            ("strides" or "dilations", [var step]) => [isTransposed ? 1 : step, step],
            (_, [var size]) => [1, size],
            (_, var other) => other,
        });
        return wide;
    }
}

using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>
/// Compares the functions that a file defines for quantized nodes with what is computed for them here: another version of
/// the reference may mean something else by the same name (onnx.md 7.1 and 8).
/// </summary>
internal static class QuantizedFunction
{
    private static readonly string[] Ignored = ["Cast", "Constant", "Identity"];

    /// <summary>The function of a node's type; null when the file does not define it.</summary>
    public static FunctionProto? Of(OnnxNode node, OnnxImport import) =>
        import.Graph.File.Model.Functions.FirstOrDefault(function => function.Domain == node.Domain && function.Name == node.OpType);

    /// <summary>Refuses a function that computes something else.</summary>
    /// <param name="node">The node that calls it.</param>
    /// <param name="function">The function.</param>
    /// <param name="expected">The operators that it should be made of, casts and constants left out.</param>
    /// <exception cref="QuantException"><c>QuantizedFunctionUnknown</c>.</exception>
    public static void Check(OnnxNode node, FunctionProto function, IEnumerable<string> expected)
    {
        string[] operators = [.. function.Node.Select(step => step.OpType).Where(type => !Ignored.Contains(type))];
        if (!operators.SequenceEqual(expected))
        {
            throw node.Error(
                "QuantizedFunctionUnknown",
                $"the function that the file defines for its type computes {string.Join(", ", operators)}, and for QuantizeML 1.2.5 these would be {string.Join(", ", expected)}. Quantize the network with that version, or import the float one");
        }
    }

    /// <summary>The operators of what follows sums of products, as far as the type of a node says.</summary>
    public static IEnumerable<string> Tail(QuantizedParts parts) =>
    [
        .. parts.HasFlag(QuantizedParts.MaxPool) ? new[] { "MaxPool" } : [],
        .. parts.HasFlag(QuantizedParts.LUT) ? [.. Scaling, "Gather"] : Array.Empty<string>(),
        .. parts.HasFlag(QuantizedParts.ReLU) || parts.HasFlag(QuantizedParts.ReLUClipped) ? new[] { "Relu" } : [],
        .. parts.HasFlag(QuantizedParts.ReLUClipped) ? new[] { "Min" } : [],
        .. parts.HasFlag(QuantizedParts.GlobalAvgPool) ? new[] { "ReduceSum" } : [],
        .. parts.HasFlag(QuantizedParts.Scaled) ? Scaling : [],
    ];

    private static string[] Scaling => ["Div", "Mul", "Add", "Floor", "Clip"];
}

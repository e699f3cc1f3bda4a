using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>Split: parts of an axis, one after the other.</summary>
internal sealed class SplitOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Split"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation value = import.Activation(node);
        int axis = OnnxAxes.Find(node, node.Int("axis", 0), value.Rank + 1) - 1;
        if (axis < 0)
        {
            throw OnnxSamples.Moved(node, $"it divides the batch of samples of the shape {value.Shape}");
        }

        int size = value.Shape[axis];
        long[] parts = node.Ints("split") ?? import.Optional(node, 1, "the sizes of its parts")?.Integers ?? Equal(node, size);
        if (parts.Length < node.Outputs.Count || parts.Any(part => part is < 0 or > int.MaxValue) || parts.Sum() != size)
        {
            throw node.Error(
                "OnnxShapeMismatch",
                $"it divides {size} entries into ({string.Join(", ", parts)}). The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
        }

        int first = 0;
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i].Length > 0 && IsTaken(import.Graph, node.Outputs[i]))
            {
                import.Set(node.Outputs[i], OnnxSelection.Take(node, import, value, axis, new OnnxRange(first, 1, (int)parts[i])));
            }

            first += (int)parts[i];
        }
    }

    private static bool IsTaken(OnnxGraph graph, string tensor) => graph.Outputs.Contains(tensor) || graph.Consumers(tensor).Count > 0;

    /// <summary>As many parts as there are outputs, the last one smaller where they don't come out even.</summary>
    private static long[] Equal(OnnxNode node, int size)
    {
        long count = node.Int("num_outputs", node.Outputs.Count);
        if (count < 1 || count > Math.Max(size, 1))
        {
            throw node.Error(
                "OnnxShapeMismatch",
                $"it divides {size} entries into {count} parts. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
        }

        long part = (size + count - 1) / count;
        return [.. Enumerable.Range(0, (int)count).Select(i => Math.Min(part, Math.Max(size - (i * part), 0)))];
    }
}

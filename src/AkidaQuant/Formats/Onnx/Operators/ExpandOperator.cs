using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>Expand and Tile that leave a tensor as it is; exporters write them where the sizes are equal in that network.</summary>
internal sealed class ExpandOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Expand", "Tile"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation value = import.Activation(node);
        long[] given = import.Required(node, 1, node.OpType == "Tile" ? "its repeats" : "its new shape").Integers ?? [];
        if (!(node.OpType == "Tile" ? given.All(count => count == 1) : LeavesAll(given, value.Shape, import.Graph)))
        {
            throw node.Error(
                "OnnxExpand",
                $"it repeats values of samples of the shape {value.Shape} to fill ({string.Join(", ", given.Select(dimension => dimension == OnnxConstant.Batch ? "batch" : $"{dimension}"))}). Let the operation behind it broadcast instead, or repeat constants only");
        }

        import.Set(node, value);
    }

    private static bool LeavesAll(long[] target, Shape shape, OnnxGraph graph)
    {
        int more = shape.Rank + 1 - target.Length;
        return more >= 0
            && (more > 0 || target[0] == 1 || OnnxSamples.IsBatch(graph, target[0]))
            && target
                .Select((dimension, i) => (Dimension: dimension, Axis: i + more - 1))
                .All(pair => pair.Axis < 0 || pair.Dimension == 1 || pair.Dimension == shape[pair.Axis]);
    }
}

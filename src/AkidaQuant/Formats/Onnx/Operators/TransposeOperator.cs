using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>Transpose. Values stay where they are; a layer that needs them in another order moves them.</summary>
internal sealed class TransposeOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Transpose"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation value = import.Loose(node);
        int batch = value.IsLoose ? 0 : 1;
        int[] order = OnnxAxes.Order(node, value.Rank + batch);
        if (batch == 1 && order[0] != 0)
        {
            throw OnnxSamples.Moved(node, $"it orders the axes ({string.Join(", ", order)})");
        }

        IEnumerable<int> axes = value.Axes.Select(axis => axis == OnnxActivation.None ? axis : Array.IndexOf(order, axis + batch) - batch);
        import.Set(node, (value with { Axes = [.. axes] }).Settled());
    }
}

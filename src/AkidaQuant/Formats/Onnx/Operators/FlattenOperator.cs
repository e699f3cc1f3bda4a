using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>Flatten: a row of values a sample.</summary>
internal sealed class FlattenOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Flatten"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation value = import.Activation(node);
        int rank = value.Rank + 1;
        long given = node.Int("axis", 1);
        int axis = given == rank ? rank : OnnxAxes.Find(node, given, rank);
        bool keepsBatch = axis > 0 && value.Shape.Take(axis - 1).All(dimension => dimension == 1);
        if (!keepsBatch && !(axis == 0 && import.Graph.Batch == 1))
        {
            throw OnnxSamples.Moved(node, $"it flattens samples of the shape {value.Shape} and their batch at axis {axis}");
        }

        import.Set(node, OnnxView.Reshape(value, new Shape(value.Shape.Size), node, import));
    }
}

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>
/// Shape of a tensor that depends on samples. All its dimensions are known but the first, for which
/// <see cref="OnnxConstant.Batch"/> stands.
/// </summary>
internal sealed class ShapeOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Shape"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        long[] dimensions = [OnnxConstant.Batch, .. import.Activation(node).Shape.Select(dimension => (long)dimension)];
        import.Set(node, OnnxConstant.Vector(OnnxAxes.Part(node, dimensions)));
    }
}

using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>
/// Shape of a tensor that depends on samples. All its dimensions are known but the first, for which
/// <see cref="OnnxConstant.Batch"/> stands. Its Size is therefore not known.
/// </summary>
internal sealed class ShapeOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Shape", "Size"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        if (node.OpType == "Size")
        {
            throw OnnxSamples.Computed(node);
        }

        long[] dimensions = [OnnxConstant.Batch, .. import.Activation(node).Shape.Select(dimension => (long)dimension)];
        import.Set(node, OnnxConstant.Vector(OnnxAxes.Part(node, dimensions)));
    }
}

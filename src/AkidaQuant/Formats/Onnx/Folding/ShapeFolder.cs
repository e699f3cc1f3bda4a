using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>Shape and Size of constants.</summary>
internal sealed class ShapeFolder : OnnxFolder
{
    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => ["Shape", "Size"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands)
    {
        OnnxConstant value = operands.Required(0);
        return [operands.Node.OpType == "Size"
            ? OnnxConstant.Of(Shape.Scalar, [value.Count])
            : OnnxConstant.Vector(OnnxAxes.Part(operands.Node, [.. value.Shape.Select(dimension => (long)dimension)]))];
    }
}

using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>Constant, in each of its forms.</summary>
internal sealed class ConstantFolder : OnnxFolder
{
    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => ["Constant"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant>? Fold(OnnxOperands operands)
    {
        OnnxNode node = operands.Node;
        OnnxConstant? value = node.Tensor("value")
            ?? (node.HasAttribute("value_float") ? OnnxConstant.Of(Shape.Scalar, [node.Float("value_float", 0)])
                : node.HasAttribute("value_int") ? OnnxConstant.Of(Shape.Scalar, [node.Int("value_int", 0)])
                : node.Floats("value_floats") is { } floats ? OnnxConstant.Of(new Shape(floats.Length), floats)
                : node.Ints("value_ints") is { } integers ? OnnxConstant.Vector(integers)
                : null);
        if (value is null)
        {
            return null;
        }

        operands.Spend(value.Count);
        return [value];
    }
}

using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>Transpose, Expand and Tile.</summary>
internal sealed class RearrangementFolder : OnnxFolder
{
    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => ["Transpose", "Expand", "Tile"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands)
    {
        OnnxConstant value = operands.Required(0);
        return [operands.Node.OpType switch
        {
            "Transpose" => Transpose(operands, value),
            "Expand" => Expand(operands, value),
            _ => Tile(operands, value),
        }];
    }

    private static OnnxConstant Transpose(OnnxOperands operands, OnnxConstant value)
    {
        int[] order = OnnxAxes.Order(operands.Node, value.Shape.Rank);
        int[] strides = OnnxStrides.Of(value.Shape);
        Shape shape = operands.Room(order.Select(axis => value.Shape[axis]));
        return value.Pick(shape, OnnxStrides.Positions(shape, [.. order.Select(axis => strides[axis])]));
    }

    private static OnnxConstant Expand(OnnxOperands operands, OnnxConstant value) =>
        OnnxBroadcast.To(
            value,
            operands.Room(
                OnnxBroadcast.SharedShape(operands, [.. value.Shape.Select(dimension => (long)dimension)], operands.RequiredIntegers(1))));

    /// <summary>A new axis before each one, along which nothing changes, repeats it.</summary>
    private static OnnxConstant Tile(OnnxOperands operands, OnnxConstant value)
    {
        long[] repeats = operands.RequiredIntegers(1);
        if (repeats.Length != value.Shape.Rank || repeats.Any(count => count is < 0 or > int.MaxValue))
        {
            throw operands.Invalid($"it repeats a tensor of the shape {value.Shape} ({string.Join(", ", repeats)}) times");
        }

        Shape shape = operands.Room(value.Shape.Select((dimension, axis) => dimension * repeats[axis]));
        int[] strides = OnnxStrides.Of(value.Shape);
        Shape doubled = new([.. value.Shape.SelectMany((dimension, axis) => new[] { (int)repeats[axis], dimension })]);
        return value.Pick(
            shape,
            shape.Size == 0 ? [] : OnnxStrides.Positions(doubled, [.. strides.SelectMany(stride => new[] { 0, stride })]));
    }
}

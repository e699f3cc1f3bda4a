using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Numerics;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>Brings tensors to the shape that they share, as numpy does.</summary>
internal static class OnnxBroadcast
{
    /// <summary>The tensors, each of the shape that they share.</summary>
    /// <exception cref="QuantException"><c>OnnxConstantInvalid</c>: they share none.</exception>
    public static OnnxConstant[] Align(OnnxOperands operands, params OnnxConstant[] values)
    {
        if (values.All(value => value.Shape == values[0].Shape))
        {
            operands.Room(values[0].Shape);
            return values;
        }

        Shape shape = operands.Room(SharedShape(operands, values));
        return Array.ConvertAll(values, value => To(value, shape));
    }

    /// <summary>A tensor repeated to a shape that it fits.</summary>
    public static OnnxConstant To(OnnxConstant value, Shape shape) =>
        value.Shape == shape ? value : value.Pick(shape, OnnxStrides.Positions(shape, OnnxStrides.Broadcast(value.Shape, shape)));

    /// <summary>The shape that two tensors share.</summary>
    public static IReadOnlyList<long> SharedShape(OnnxOperands operands, IReadOnlyList<long> left, IReadOnlyList<long> right) =>
        Broadcasting.Dimensions(left, right)
        ?? throw operands.Invalid(
            $"the shapes ({string.Join(", ", left)}) and ({string.Join(", ", right)}) of its inputs do not fit each other");

    private static IReadOnlyList<long> SharedShape(OnnxOperands operands, OnnxConstant[] values) => values
        .Select(value => (IReadOnlyList<long>)[.. value.Shape.Select(dimension => (long)dimension)])
        .Aggregate((left, right) => SharedShape(operands, left, right));
}

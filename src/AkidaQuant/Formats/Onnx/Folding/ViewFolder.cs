using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>
/// Operators that leave the elements in their order: Reshape, Flatten, Squeeze, Unsqueeze, and those that change nothing.
/// </summary>
internal sealed class ViewFolder : OnnxFolder
{
    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => ["Identity", "Dropout", "Reshape", "Flatten", "Squeeze", "Unsqueeze"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands)
    {
        OnnxConstant value = operands.Required(0);
        return [operands.Node.OpType switch
        {
            "Reshape" => Reshape(operands, value),
            "Flatten" => Flatten(operands.Node, value),
            "Squeeze" => Squeeze(operands, value),
            "Unsqueeze" => Unsqueeze(operands, value),
            _ => value,
        }];
    }

    private static OnnxConstant Reshape(OnnxOperands operands, OnnxConstant value)
    {
        long[] target = operands.RequiredIntegers(1);
        return value.Reshape(OnnxTarget.Resolve(target, value.Shape, copies: operands.Node.Int("allowzero", 0) == 0)
            ?? throw operands.Invalid($"its input of the shape {value.Shape} cannot take the shape ({string.Join(", ", target)})"));
    }

    private static OnnxConstant Flatten(OnnxNode node, OnnxConstant value)
    {
        int rank = value.Shape.Rank;
        long given = node.Int("axis", 1);
        int axis = given == rank ? rank : OnnxAxes.Find(node, given, rank);
        return value.Reshape(new Shape(Product(value.Shape.Take(axis)), Product(value.Shape.Skip(axis))));
    }

    private static OnnxConstant Squeeze(OnnxOperands operands, OnnxConstant value)
    {
        Shape shape = value.Shape;
        int[] axes = operands.Integers(1, "axes") is { } given
            ? OnnxAxes.Find(operands.Node, given, shape.Rank)
            : [.. Enumerable.Range(0, shape.Rank).Where(axis => shape[axis] == 1)];
        return axes.All(axis => shape[axis] == 1)
            ? value.Reshape(new Shape([.. shape.Where((_, axis) => !axes.Contains(axis))]))
            : throw operands.Invalid($"it removes axes ({string.Join(", ", axes)}) of the shape {shape} that are not of size 1");
    }

    private static OnnxConstant Unsqueeze(OnnxOperands operands, OnnxConstant value)
    {
        long[] given = operands.RequiredIntegers(1, "axes");
        int[] axes = OnnxAxes.Find(operands.Node, given, value.Shape.Rank + given.Length);
        Queue<int> kept = new(value.Shape);
        return value.Reshape(
            operands.Room(Enumerable.Range(0, kept.Count + axes.Length).Select(axis => axes.Contains(axis) ? 1 : kept.Dequeue())));
    }

    private static int Product(IEnumerable<int> dimensions) => dimensions.Aggregate(1, (product, dimension) => product * dimension);
}

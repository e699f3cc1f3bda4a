using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>Squeeze and Unsqueeze: axes of size 1 go and come.</summary>
internal sealed class SqueezeOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Squeeze", "Unsqueeze"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation value = import.Activation(node);
        long[]? given = node.Ints("axes") ?? import.Optional(node, 1, "its axes")?.Integers;
        Shape target = node.OpType == "Squeeze"
            ? Squeezed(node, value.Shape, WithoutBatch(node, import, value, given))
            : Unsqueezed(node, value.Shape, given ?? []);
        import.Set(node, OnnxView.Reshape(value, target, node, import));
    }

    /// <summary>The axes that go, without that of a batch that may.</summary>
    private static long[]? WithoutBatch(OnnxNode node, OnnxImport import, OnnxActivation value, long[]? axes) =>
        axes is not null && OnnxSamples.MayLeaveBatch(import.Graph, node)
            ? [.. axes.Where(axis => axis != 0 && axis != -value.Rank - 1)]
            : axes;

    /// <summary>Without axes all of size 1 go, but for the batch: how many samples there are is not known.</summary>
    private static Shape Squeezed(OnnxNode node, Shape shape, long[]? given)
    {
        if (given is null)
        {
            return new Shape([.. shape.Where(dimension => dimension != 1)]);
        }

        int[] axes = Axes(node, shape, given, shape.Rank + 1);
        return axes.FirstOrDefault(axis => shape[axis - 1] != 1) is > 0 and int wrong
            ? throw node.Error(
                "OnnxShapeInvalid",
                $"it removes axis {wrong}, which has the size {shape[wrong - 1]}. The file is damaged; export the model again",
                QuantErrorKind.InvalidData)
            : new Shape([.. shape.Where((_, axis) => !axes.Contains(axis + 1))]);
    }

    private static Shape Unsqueezed(OnnxNode node, Shape shape, long[] given)
    {
        int rank = shape.Rank + given.Length;
        int[] axes = Axes(node, shape, given, rank + 1);
        Queue<int> kept = new(shape);
        return new Shape([.. Enumerable.Range(1, rank).Select(axis => axes.Contains(axis) ? 1 : kept.Dequeue())]);
    }

    private static int[] Axes(OnnxNode node, Shape shape, long[] given, int rank)
    {
        int[] axes = OnnxAxes.Find(node, given, rank);
        return axes.Contains(0)
            ? throw OnnxSamples.Moved(node, $"it takes samples of the shape {shape} and puts an axis in the place of the batch")
            : axes;
    }
}

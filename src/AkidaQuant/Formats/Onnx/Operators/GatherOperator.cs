using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>Gather within samples by indices that are known: entries of one axis; a single one takes the axis away.</summary>
internal sealed class GatherOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Gather"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxConstant given = import.Required(node, 1, "its indices");
        OnnxActivation value = import.Loose(node);
        bool isLoose = value.IsLoose;
        int batch = isLoose ? 0 : 1;
        int axis = OnnxAxes.Find(node, node.Int("axis", 0), value.Rank + batch) - batch;
        if (axis < 0)
        {
            if (import.Graph.Batch == 1 && given is { Count: 1, Integers: [0 or -1], Shape.Rank: 1 })
            {
                import.Set(node, value);
                return;
            }

            throw OnnxSamples.Moved(node, $"it takes some of the batch of samples of the shape {value.Shape}");
        }

        int size = value.Shape[axis];
        long[] indices = given.Integers ?? [];
        if (given.Shape.Rank > 1 || indices.Length == 0 || indices.Any(index => index < -size || index >= size))
        {
            throw node.Error(
                "OnnxShapeMismatch",
                $"its indices have the shape {given.Shape}, and a list of numbers from {-size} to {size - 1} is needed for axis {axis + 1} of samples of the shape {value.Shape}");
        }

        value = value with { IsLoose = false };
        int[] entries = Array.ConvertAll(indices, index => (int)(index < 0 ? index + size : index));
        bool isOne = given.Shape.Rank == 0;
        IEnumerable<int> sizes = value.Shape.Select((old, each) => each == axis ? entries.Length : old);
        int[] shape = [.. sizes.Where((_, each) => !isOne || each != axis)];

        // One sample that is taken apart may be whole again.
        bool isWhole = isLoose && shape.Length > 1 && shape[0] == 1;
        Shape target = new(isWhole ? shape[1..] : shape);
        OnnxActivation taken = OnnxSelection.OfImage(node, import, value, axis, entries)
            ?? OnnxSelection.Take(node, import, value, axis, entries);
        import.Set(node, OnnxView.Reshape(taken, target, node, import) with { IsLoose = isLoose && !isWhole });
    }
}

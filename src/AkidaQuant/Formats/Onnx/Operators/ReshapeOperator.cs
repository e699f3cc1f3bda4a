using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>Reshape within samples.</summary>
internal sealed class ReshapeOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Reshape"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation value = import.Loose(node);
        (Shape target, bool isLoose) = Target(node, import, value);
        OnnxActivation reshaped = OnnxView.Reshape(value with { IsLoose = false }, target, node, import);
        import.Set(node, reshaped with { IsLoose = isLoose });
    }

    /// <summary>
    /// The new shape of a sample. A batch of <c>-1</c> is what is left when the rest takes all values of a sample; one sample may lose it.
    /// </summary>
    private static (Shape Shape, bool IsLoose) Target(OnnxNode node, OnnxImport import, OnnxActivation value)
    {
        Shape shape = value.Shape;
        long[] target = node.Ints("shape") ?? import.Required(node, 1, "its new shape").Integers
            ?? throw node.Error(
                "OnnxShapeInvalid",
                "its new shape is not one of integers. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
        bool copies = node.Int("allowzero", 0) == 0;
        bool isOpen = target is [-1, ..];
        if (OnnxSamples.MayLeaveBatch(import.Graph, node) && !(target.Length > 1 && target[0] is 1 or 0 or -1)
            && OnnxTarget.Resolve(target, shape, copies: false) is { Rank: > 0 } end)
        {
            return (end, false);
        }

        if (!value.IsLoose && target is [long batch, .. long[] rest]
            && (isOpen || OnnxSamples.IsBatch(import.Graph, batch) || (batch == 0 && copies))
            && !rest.Contains(OnnxConstant.Batch)
            && !(isOpen && rest.Contains(-1))
            && OnnxTarget.Resolve(rest, shape, copies) is { } sample)
        {
            return (sample, false);
        }

        Shape all = value.IsLoose ? shape : shape.Prepend(1);
        return import.Graph.Batch == 1
            && OnnxTarget.Resolve([.. target.Select(size => size == OnnxConstant.Batch ? 1 : size)], all, copies) is { Rank: > 1 } whole
                ? whole[0] == 1 ? (new Shape([.. whole.Skip(1)]), false) : (whole, true)
                : throw Moved(node, shape, target);
    }

    private static QuantException Moved(OnnxNode node, Shape shape, long[] target) =>
        OnnxSamples.Moved(
            node,
            $"it brings samples of the shape {shape} and their batch to ({string.Join(", ", target.Select(dimension => dimension == OnnxConstant.Batch ? "batch" : $"{dimension}"))})");
}

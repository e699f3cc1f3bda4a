using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>Concat and Split along an axis.</summary>
internal sealed class ConcatFolder : OnnxFolder
{
    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => ["Concat", "Split"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands) =>
        operands.Node.OpType == "Split" ? Split(operands) : [Concat(operands)];

    private static OnnxConstant Concat(OnnxOperands operands)
    {
        OnnxConstant first = operands.Required(0);
        OnnxConstant[] parts = [.. Enumerable.Range(0, operands.Count).Select(operands.Required)];
        int axis = OnnxAxes.Find(operands.Node, operands.Node.Int("axis", 1), first.Shape.Rank);
        foreach (OnnxConstant part in parts)
        {
            if (
                part.IsFloat != first.IsFloat
                || part.Shape.Rank != first.Shape.Rank
                || part.Shape.Where((dimension, i) => i != axis && dimension != first.Shape[i]).Any())
            {
                throw operands.Invalid(
                    $"it joins {first.Shape} and {part.Shape} at axis {axis}, which do not fit each other or have other types");
            }
        }

        Shape shape = operands.Room(
            first.Shape.Select((dimension, i) => i == axis ? parts.Sum(part => (long)part.Shape[axis]) : dimension));
        int inner = OnnxStrides.Of(first.Shape)[axis];
        return first.IsFloat
            ? OnnxConstant.Of(
                shape,
                Join(parts, part => part.Floats, shape.Size, inner * shape[axis], part => inner * part.Shape[axis]),
                first.Type)
            : OnnxConstant.Of(
                shape,
                Join(parts, part => part.Integers!, shape.Size, inner * shape[axis], part => inner * part.Shape[axis]),
                first.Type);
    }

    private static T[] Join<T>(OnnxConstant[] parts, Func<OnnxConstant, T[]> values, int size, int run, Func<OnnxConstant, int> length)
    {
        T[] joined = new T[size];
        int at = 0;
        foreach (OnnxConstant part in parts)
        {
            T[] source = values(part);
            int own = length(part);
            for (int i = 0; i < source.Length; i += own)
            {
                source.AsSpan(i, own).CopyTo(joined.AsSpan((i / own * run) + at));
            }

            at += own;
        }

        return joined;
    }

    private static OnnxConstant[] Split(OnnxOperands operands)
    {
        OnnxConstant value = operands.Required(0);
        int axis = OnnxAxes.Find(operands.Node, operands.Node.Int("axis", 0), value.Shape.Rank);
        int size = value.Shape[axis];
        int count = operands.Node.Outputs.Count;
        int part = (int)(((long)size + count - 1) / count);
        long[] sizes = operands.Integers(1, "split")
            ?? [.. Enumerable.Range(0, count).Select(i => (long)Math.Clamp(size - ((long)i * part), 0, part))];
        if (sizes.Length != count || sizes.Any(length => length < 0 || length > size) || sizes.Sum() != size)
        {
            throw operands.Invalid($"it splits an axis of the size {size} into ({string.Join(", ", sizes)}) for {count} outputs");
        }

        int[] strides = OnnxStrides.Of(value.Shape);
        long start = 0;
        return Array.ConvertAll(sizes, length =>
        {
            Shape shape = operands.Room(value.Shape.Select((dimension, i) => i == axis ? length : dimension));
            int offset = (int)start * strides[axis];
            start += length;
            return value.Pick(shape, OnnxStrides.Positions(shape, strides, offset));
        });
    }
}

using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>Slice: the entries of axes from a start to before an end, both brought into the axis, in steps.</summary>
internal sealed class SliceFolder : OnnxFolder
{
    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => ["Slice"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands)
    {
        OnnxConstant value = operands.Required(0);
        long[] starts = operands.RequiredIntegers(1, "starts");
        long[] ends = operands.RequiredIntegers(2, "ends");
        int[] axes = OnnxAxes.Find(
            operands.Node,
            operands.Integers(3, "axes") ?? [.. starts.Select((_, axis) => (long)axis)],
            value.Shape.Rank);
        long[] steps = operands.Integers(4) ?? [.. starts.Select(_ => 1L)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length || steps.Contains(0))
        {
            throw operands.Invalid(
                $"it has {starts.Length} starts, {ends.Length} ends, {axes.Length} axes and the steps ({string.Join(", ", steps)})");
        }

        int[] shape = value.Shape.ToArray();
        int[] strides = OnnxStrides.Of(value.Shape);
        int offset = 0;
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = axes[i];
            int step = (int)Math.Clamp(steps[i], -int.MaxValue, int.MaxValue);
            (int first, shape[axis]) = Range(starts[i], ends[i], step, value.Shape[axis]);
            offset += first * strides[axis];
            strides[axis] *= step;
        }

        Shape result = operands.Room(shape);
        return [value.Pick(result, OnnxStrides.Positions(result, strides, offset))];
    }

    /// <summary>The first entry and how many there are.</summary>
    private static (int First, int Count) Range(long start, long end, int step, int size)
    {
        long lowest = step > 0 ? 0 : -1;
        long highest = step > 0 ? size : size - 1;
        long first = Math.Clamp(start < 0 ? start + size : start, lowest, highest);
        long last = Math.Clamp(end < 0 ? end + size : end, lowest, highest);
        long distance = step > 0 ? last - first : first - last;
        return distance <= 0 ? (0, 0) : ((int)first, (int)(((distance - 1) / Math.Abs(step)) + 1));
    }
}

using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>Slice within samples: entries of axes from a start to before an end, in steps.</summary>
internal sealed class SliceOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Slice"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation value = import.Activation(node);
        long[] starts = Integers(node, import, 1, "starts", "its starts") ?? [];
        long[] ends = Integers(node, import, 2, "ends", "its ends") ?? [];
        int[] axes = OnnxAxes.Find(
            node,
            Integers(node, import, 3, "axes", "its axes") ?? [.. starts.Select((_, axis) => (long)axis)],
            value.Rank + 1);
        long[] steps = Integers(node, import, 4, "steps", "its steps") ?? [.. starts.Select(_ => 1L)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length || steps.Contains(0))
        {
            throw node.Error(
                "OnnxShapeMismatch",
                $"it has {starts.Length} starts, {ends.Length} ends, {axes.Length} axes and the steps ({string.Join(", ", steps)}). The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
        }

        for (int i = 0; i < axes.Length; i++)
        {
            int step = (int)Math.Clamp(steps[i], -int.MaxValue, int.MaxValue);
            if (axes[i] == 0)
            {
                RequireWhole(node, import, value, starts[i], ends[i], step);
                continue;
            }

            value = OnnxSelection.Take(node, import, value, axes[i] - 1, Range(starts[i], ends[i], step, value.Shape[axes[i] - 1]));
        }

        import.Set(node, value);
    }

    /// <summary>The batch stays whole, of whatever size it is.</summary>
    private static void RequireWhole(OnnxNode node, OnnxImport import, OnnxActivation value, long start, long end, int step)
    {
        if (start != 0 || step != 1 || !(end >= int.MaxValue || OnnxSamples.IsBatch(import.Graph, end)))
        {
            throw OnnxSamples.Moved(node, $"it takes some of the batch of samples of the shape {value.Shape}");
        }
    }

    /// <summary>Both ends brought into the axis.</summary>
    private static OnnxRange Range(long start, long end, int step, int size)
    {
        long lowest = step > 0 ? 0 : -1;
        long highest = step > 0 ? size : size - 1;
        long first = Math.Clamp(start < 0 ? start + size : start, lowest, highest);
        long last = Math.Clamp(end < 0 ? Math.Max(end, long.MinValue + size) + size : end, lowest, highest);
        long distance = step > 0 ? last - first : first - last;
        return distance <= 0 ? new OnnxRange(0, 1, 0) : new OnnxRange((int)first, step, (int)(((distance - 1) / Math.Abs((long)step)) + 1));
    }

    private static long[]? Integers(OnnxNode node, OnnxImport import, int index, string attribute, string what) =>
        node.Ints(attribute) ?? import.Optional(node, index, what)?.Integers;
}

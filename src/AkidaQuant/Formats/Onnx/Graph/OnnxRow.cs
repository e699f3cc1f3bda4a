using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// All values of a sample in one row. The values of an image keep their places in memory; the layer behind takes its weights in
/// that order.
/// </summary>
internal static class OnnxRow
{
    /// <summary>Makes a tensor a row.</summary>
    public static OnnxActivation Flatten(OnnxActivation value, OnnxNode node, OnnxImport import)
    {
        if (import.LayerOf(value) is GlobalAveragePooling2D { KeepDims: true } pooling && !import.IsShared(value))
        {
            import.Replace(pooling with { KeepDims = false });
            return value with { Spec = new FloatSpec(new Shape(value.Stored.Channels)), Axes = OnnxActivation.InOrder(1) };
        }

        int[] wide = [.. value.Wide(value.Axes)];
        bool isInOrder = wide.SequenceEqual(wide.Order());
        bool isChannelsLast = !isInOrder && wide[^1] == wide.Min() && wide[..^1].SequenceEqual(wide[..^1].Order());
        if (!isInOrder && !isChannelsLast)
        {
            value = import.Ordered(value, OnnxActivation.InOrder(value.Rank), node);
        }

        return import.Add(new Flatten { Name = import.NameOf(node) }, OnnxActivation.InOrder(1), value) with
        {
            Flattened = isChannelsLast ? ImageOf(value, channels: value.Shape[wide[^1]]) : null,
        };
    }

    /// <summary>The image that a row was, channels last.</summary>
    public static OnnxActivation Unflatten(OnnxActivation row, OnnxNode node, OnnxImport import) =>
        import.Add(
            new Reshape { Name = import.FreeName($"{node.Name}/image"), TargetShape = row.Flattened!.Value },
            OnnxActivation.ChannelsLast,
            row);

    private static Shape ImageOf(OnnxActivation value, int channels) =>
        value.Axes.SequenceEqual(OnnxActivation.ChannelsLast) ? value.Stored : new Shape(1, value.Stored.Size / channels, channels);
}

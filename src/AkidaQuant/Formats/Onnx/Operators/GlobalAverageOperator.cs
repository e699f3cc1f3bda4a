using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>GlobalAveragePool, and ReduceMean over rows and columns, as GlobalAveragePooling2D.</summary>
internal sealed class GlobalAverageOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["GlobalAveragePool", "ReduceMean"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        bool keeps = true;
        if (node.OpType == "ReduceMean")
        {
            long[] axes = node.Ints("axes") ?? import.Optional(node, 1, "its axes")?.Integers ?? [];
            int rank = import.Activation(node).Axes.Count + 1;
            if (rank != 4 || !axes.Select(axis => axis < 0 ? axis + rank : axis).Order().SequenceEqual([2L, 3L]))
            {
                throw node.Error(
                    "OnnxReduceMean", $"it takes the mean of a tensor of the shape {import.Activation(node).Shape} behind the batch over the axes ({string.Join(", ", axes)}), and only the mean over the rows and columns of images, axes (2, 3), has a layer here. Use nn.AdaptiveAvgPool2d(1)");
            }

            keeps = node.Int("keepdims", 1) != 0;
        }

        OnnxActivation input = import.Image(node);
        import.Set(node, import.Add(
            new GlobalAveragePooling2D { Name = import.NameOf(node), KeepDims = keeps }, keeps ? OnnxActivation.ChannelsLast : OnnxActivation.InOrder(1), input));
    }
}

using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Puts a Rescaling behind the Flatten or Reshape that follows it, where a kernel can take it up (onnx.md 3.5.18): integers
/// are flattened without scales. One a channel passes a Flatten only, and an image is rescaled before it is taken apart.
/// The reference does so for ONNX networks only, and leaves one scale without an offset where its integers cannot be flattened.
/// </summary>
internal sealed class InvertRescalingAndFlatten : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach ((Node first, Node second) in LayerPairs.Find(model, layer => layer is Rescaling, layer => layer is Flatten or Reshape))
        {
            var rescaling = (Rescaling)first.Layer;
            bool isOne = rescaling.Scale.Length == 1 && rescaling.Offset.Length == 1;
            bool isImage = model.Plan[first.Name].Prepared.Output.Shape.Rank == 3;
            if ((second.Layer is Reshape && (isImage || !isOne)) || editor.IsOutput(first.Name))
            {
                continue;
            }

            int size = model.Plan[second.Name].Prepared.Output.Shape.Size;
            editor.Swap(first.Name, second.Name);
            editor.Replace(rescaling with { Scale = Repeat(rescaling.Scale, size), Offset = Repeat(rescaling.Offset, size) });
            log.Rewritten(first.Name, $"goes behind '{second.Name}'");
        }

        return editor.Build();
    }

    private static double[] Repeat(double[] values, int size) =>
        values.Length == 1 ? values : [.. Enumerable.Range(0, size).Select(i => values[i % values.Length])];
}

using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Puts a Rescaling with an offset, or with a scale a channel, behind the Flatten that follows it, where a dense layer can take
/// it up (onnx.md 3.5.18); the reference does so for ONNX networks only.
/// </summary>
internal sealed class InvertRescalingAndFlatten : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach ((Node first, Node second) in LayerPairs.Find(model, layer => layer is Rescaling, layer => layer is Flatten))
        {
            var rescaling = (Rescaling)first.Layer;
            if ((rescaling.Scale.Length == 1 && rescaling.Offset.All(offset => offset == 0)) || editor.IsOutput(first.Name))
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

using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Takes zero padding into the convolutions behind it as Same padding (transforms.md 4.12). Same padding puts its
/// own amounts of zeros on each side; where those are other amounts, the kernel is extended by rows and columns of
/// zeros until the same values meet the same weights again. The reference ignores the difference and moves the image.
/// </summary>
internal sealed class RemoveZeroPadding : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not ZeroPadding2D padding)
            {
                continue;
            }

            IReadOnlyList<Node> consumers = editor.Consumers(node.Name);
            Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
            List<Layer> padded = [.. consumers.Select(consumer => Pad(consumer.Layer, padding, input)).OfType<Layer>()];
            if (editor.IsOutput(node.Name) || padded.Count < consumers.Count)
            {
                log.Kept(node.Name, "stays: no Same padding of the layers behind it stands for its zeros");
                continue;
            }

            foreach (Layer layer in padded)
            {
                editor.Replace(layer);
                log.Rewritten(
                    node.Name,
                    $"is taken into '{layer.Name}', whose kernel size becomes {SpatialKernel.Window(layer)!.KernelSize}");
            }

            editor.Remove(node.Name);
        }

        return editor.Build();
    }

    private static Layer? Pad(Layer layer, ZeroPadding2D padding, Shape input)
    {
        if (SpatialKernel.Window(layer) is not { Padding: Padding.Valid } window || !input.IsKnown)
        {
            return null;
        }

        EdgePads pads = new(padding.Rows.Before, padding.Columns.Before, padding.Rows.After, padding.Columns.After);
        ConvolutionGeometry padded = ConvolutionGeometry.Create(
            input, window.KernelSize, window.Strides, window.Dilation, Padding.Explicit, input.Channels, pads);
        return SpatialKernel.Fit(padded) is var (size, place) ? SpatialKernel.Extend(layer, size, place) : null;
    }
}

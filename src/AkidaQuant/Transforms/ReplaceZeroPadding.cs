using AkidaQuant.Kernels;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Makes zero padding that no Same padding stands for the stated pads of the convolutions behind it, or before other layers
/// those of a depthwise convolution of one cell that changes nothing else: both have a quantized form. The reference leaves
/// such layers, and all behind them, in float.
/// </summary>
internal sealed class ReplaceZeroPadding : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not ZeroPadding2D padding || editor.IsOutput(node.Name))
            {
                continue;
            }

            EdgePads pads = new(padding.Rows.Before, padding.Columns.Before, padding.Rows.After, padding.Columns.After);
            List<Layer> padded = [.. editor.Consumers(node.Name).Select(consumer => Pad(consumer.Layer, pads)).OfType<Layer>()];
            if (padded.Count == editor.Consumers(node.Name).Count)
            {
                padded.ForEach(editor.Replace);
                editor.Remove(node.Name);
                log.Rewritten(node.Name, $"becomes pads {pads} of {string.Join(", ", padded.Select(layer => $"'{layer.Name}'"))}");
                continue;
            }

            int channels = model.Plan[node.Name].Prepared.Output.Shape.Channels;
            editor.Replace(new DepthwiseConv2D
            {
                Name = node.Name,
                Window = new ConvolutionWindow { KernelSize = (1, 1), Padding = Padding.Explicit, Pads = pads },
                Kernel = NdArray<float>.Filled(new Shape(1, 1, channels, 1), 1f),
                UseBias = false,
            });
            log.Rewritten(node.Name, $"becomes a DepthwiseConv2D of one cell with pads {pads}");
        }

        return editor.Build();
    }

    private static Layer? Pad(Layer layer, EdgePads pads)
    {
        if (SpatialKernel.Window(layer) is not { Padding: Padding.Valid } valid)
        {
            return null;
        }

        ConvolutionWindow window = valid with { Padding = Padding.Explicit, Pads = pads };
        return layer switch
        {
            Conv2D own => own with { Window = window },
            DepthwiseConv2D own => own with { Window = window },
            SeparableConv2D own => own with { Window = window },
            _ => null,
        };
    }
}

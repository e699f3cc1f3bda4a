using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Makes the average of a moving window into a depthwise convolution of equal weights, which has a quantized form; the
/// reference leaves such pools, and all behind them, in float. Windows that reach over the border stay: what they divide by
/// differs from place to place.
/// </summary>
internal sealed class ReplaceAveragePooling : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not AveragePooling2D { Window: var window })
            {
                continue;
            }

            Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
            if (window.Strides.Height != window.Strides.Width || !window.IsSameOver(input, Padding.Valid))
            {
                log.Kept(node.Name, "stays: its windows reach over the border, or its strides differ between rows and columns");
                continue;
            }

            (int height, int width) = window.KernelSize;
            editor.Replace(new DepthwiseConv2D
            {
                Name = node.Name,
                Window = window with { Padding = Padding.Valid, Pads = default },
                Kernel = NdArray<float>.Filled(new Shape(height, width, input.Channels, 1), 1f / (height * width)),
                UseBias = false,
            });
            log.Rewritten(node.Name, "becomes a DepthwiseConv2D of equal weights");
        }

        return editor.Build();
    }
}

using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Makes convolutions of one filter a channel, each on that channel, into depthwise ones (transforms.md 4.6).
/// </summary>
internal sealed class ReplaceGroupedConvolutions : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not Conv2D convolution || convolution.Kernel.Shape[2] != 1 || convolution.Groups != convolution.Filters)
            {
                continue;
            }

            if (Obstacle(model, node, convolution) is { } obstacle)
            {
                log.Kept(node.Name, $"does not become depthwise: {obstacle}");
                continue;
            }

            (int height, int width) = convolution.Window.KernelSize;
            editor.Replace(new DepthwiseConv2D
            {
                Name = node.Name,
                Window = convolution.Window,
                Activation = convolution.Activation,
                Kernel = convolution.Kernel with { Shape = new Shape(height, width, convolution.Filters, 1) },
                UseBias = convolution.UseBias,
                Bias = convolution.Bias,
            });
            log.Rewritten(node.Name, "becomes a DepthwiseConv2D");
        }

        return editor.Build();
    }

    private static string? Obstacle(Model model, Node node, Conv2D convolution) =>
        convolution is PaddedConv2D ? "it pads with a value of its own"
        : convolution.Window.Strides.Height != convolution.Window.Strides.Width ? "its strides differ between rows and columns"
        : convolution.Groups == 1 && Source(model, node) is Rescaling ? "a Conv2D can follow a Rescaling, a DepthwiseConv2D cannot"
        : null;

    /// <summary>The layer before a node; zeros around its output belong to the node.</summary>
    private static Layer Source(Model model, Node node)
    {
        do
        {
            node = model.NodeOf(node.Inputs[0]);
        }
        while (node.Layer is ZeroPadding2D);
        return node.Layer;
    }
}

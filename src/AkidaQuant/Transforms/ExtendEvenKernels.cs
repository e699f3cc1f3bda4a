using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Extends even kernels of Same padding by a row and a column of zeros, because processors have odd kernels
/// (transforms.md 5.2).
/// </summary>
internal sealed class ExtendEvenKernels : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (Window(node.Layer) is not { Padding: Padding.Same } window || !HasOddForm(window, IsInputConvolution(model, node)))
            {
                continue;
            }

            // A transposed kernel moves over the output.
            string image = node.Layer is Conv2DTranspose or DepthwiseConv2DTranspose ? node.Name : node.Inputs[0];
            Shape input = model.Plan[image].Prepared.Output.Shape;
            if (Place(window, input) is not { } place)
            {
                log.Kept(node.Name, "keeps its even kernel: it is not square, its strides differ or it is dilated");
                continue;
            }

            int size = window.KernelSize.Height + 1;
            editor.Replace(SpatialKernel.Extend(node.Layer, (size, size), place));
            log.Rewritten(node.Name, $"gets a kernel of {size}x{size}");
        }

        return editor.Build();
    }

    private static ConvolutionWindow? Window(Layer layer) => layer switch
    {
        Conv2D or DepthwiseConv2D => SpatialKernel.Window(layer),
        Conv2DTranspose { Window: { OutputPadding: null, Forward: var forward } } => forward,
        DepthwiseConv2DTranspose { Window: { OutputPadding: null, Forward: var forward } } => forward,
        _ => null,
    };

    private static bool HasOddForm(ConvolutionWindow window, bool isInput) => window.Strides.Height switch
    {
        1 => window.KernelSize.Height is 2 or 6 || (window.KernelSize.Height == 4 && !isInput),
        2 => window.KernelSize.Height == 2 || (window.KernelSize.Height == 6 && isInput),
        _ => false,
    };

    private static (int Row, int Column)? Place(ConvolutionWindow window, Shape input)
    {
        (int height, int width) = window.KernelSize;
        if (height != width || window.Strides.Height != window.Strides.Width || window.Dilation != (1, 1) || !input.IsKnown)
        {
            return null;
        }

        ConvolutionGeometry even = ConvolutionGeometry.Create(
            input, window.KernelSize, window.Strides, window.Dilation, window.Padding, input.Channels);
        return SpatialKernel.Place(even, (height + 1, width + 1));
    }

    private static bool IsInputConvolution(Model model, Node node)
    {
        int? channels = node.Layer switch
        {
            Conv2D convolution => convolution.Kernel.Shape[2] * convolution.Groups,
            Conv2DTranspose transposed => transposed.Kernel.Shape[3],
            _ => null,
        };
        if (channels is not (1 or 3))
        {
            return false;
        }

        Node producer = model.NodeOf(node.Inputs[0]);
        while (producer.Layer is Rescaling)
        {
            producer = model.NodeOf(producer.Inputs[0]);
        }

        return producer.Layer is InputLayer;
    }
}

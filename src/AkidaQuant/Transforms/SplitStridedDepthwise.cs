using AkidaQuant.Kernels;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Makes a large depthwise convolution of stride 2 into one of stride 1 and a small one that takes every second
/// value, because processors have stride 2 only with kernels of 3x3 (transforms.md 5.3).
/// </summary>
internal sealed class SplitStridedDepthwise : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not DepthwiseConv2D { Window: { Strides.Height: 2, KernelSize.Height: 5 or 7, Padding: Padding.Same } window } depthwise)
            {
                continue;
            }

            if (window.Strides.Width != 2 || window.KernelSize.Height != window.KernelSize.Width || window.Dilation != (1, 1) || depthwise.DepthMultiplier != 1)
            {
                log.Kept(node.Name, "keeps its stride: it is not square, it is dilated, or it has a depth multiplier");
                continue;
            }

            string name = editor.FreeName($"{node.Name}_identity_dw_conv");
            editor.Replace(depthwise with { Window = window with { Strides = (1, 1) } });
            editor.InsertAfter(node.Name, Identity(name, depthwise.Kernel.Shape[2]), moveOutputs: true);
            log.Rewritten(node.Name, $"leaves its stride to the new layer '{name}'");
        }

        return editor.Build();
    }

    private static DepthwiseConv2D Identity(string name, int channels)
    {
        const int Size = 3;
        const int Center = 4;
        float[] kernel = new float[Size * Size * channels];
        kernel.AsSpan(Center * channels, channels).Fill(1f);
        return new DepthwiseConv2D
        {
            Name = name,
            Window = new ConvolutionWindow { KernelSize = (Size, Size), Strides = (2, 2), Padding = Padding.Same },
            Kernel = new NdArray<float>(new Shape(Size, Size, channels, 1), kernel),
            UseBias = false,
        };
    }
}

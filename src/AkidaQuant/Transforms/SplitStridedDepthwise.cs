using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Makes a large depthwise convolution of stride 2 into one of stride 1 and a small one that takes every second
/// value, because processors have stride 2 only with kernels of 3x3 (transforms.md 5.3). Which of two neighbors it
/// takes depends on how much the large one padded before the image.
/// </summary>
internal sealed class SplitStridedDepthwise : IRewrite
{
    private const int Size = 3;

    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (
                node.Layer
                is not DepthwiseConv2D { Window: { Strides.Height: 2, KernelSize.Height: 5 or 7, PadsAnything: true } window } depthwise)
            {
                continue;
            }

            if (
                window.Strides.Width != 2
                || window.KernelSize.Height != window.KernelSize.Width
                || window.Dilation != (1, 1)
                || depthwise.DepthMultiplier != 1)
            {
                log.Kept(node.Name, "keeps its stride: it is not square, it is dilated, or it has a depth multiplier");
                continue;
            }

            string name = editor.FreeName($"{node.Name}_identity_dw_conv");
            ConvolutionGeometry geometry = window.Over(
                depthwise,
                model.Plan[node.Inputs[0]].Prepared.Output.Shape,
                depthwise.Kernel.Shape[2]);
            if (Selection(name, geometry) is not { } selection)
            {
                log.Kept(node.Name, $"keeps its stride: with its {window.PaddingText} no part of a kernel of stride 1 gives its outputs");
                continue;
            }

            editor.Replace(depthwise with { Window = window with { Strides = (1, 1), Padding = Padding.Same, Pads = default } });
            editor.InsertAfter(node.Name, selection, moveOutputs: true);
            log.Rewritten(node.Name, $"leaves its stride to the new layer '{name}'");
        }

        return editor.Build();
    }

    /// <summary>The small convolution, in a padding that processors have with stride 2; null when none takes the right values.</summary>
    private static DepthwiseConv2D? Selection(string name, ConvolutionGeometry strided)
    {
        ConvolutionGeometry whole = ConvolutionGeometry.Create(
            strided.InputShape, (strided.KernelHeight, strided.KernelWidth), (1, 1), (1, 1), Padding.Same, strided.OutputChannels);
        (int top, int left) = (whole.PadTop - strided.PadTop, whole.PadLeft - strided.PadLeft);
        bool isInside = top >= 0 && top + (2 * (strided.OutputHeight - 1)) < whole.OutputHeight
            && left >= 0 && left + (2 * (strided.OutputWidth - 1)) < whole.OutputWidth;
        foreach (Padding padding in isInside ? [Padding.Same, Padding.Valid] : Array.Empty<Padding>())
        {
            if (padding == Padding.Valid && (whole.OutputHeight < Size || whole.OutputWidth < Size))
            {
                continue;
            }

            ConvolutionGeometry small = ConvolutionGeometry.Create(
                whole.OutputShape,
                (Size, Size),
                (2, 2),
                (1, 1),
                padding,
                strided.OutputChannels);
            (int row, int column) = (top + small.PadTop, left + small.PadLeft);
            if (small.OutputShape == strided.OutputShape && row < Size && column < Size)
            {
                return Selection(name, padding, strided.OutputChannels, (row * Size) + column);
            }
        }

        return null;
    }

    private static DepthwiseConv2D Selection(string name, Padding padding, int channels, int cell)
    {
        float[] kernel = new float[Size * Size * channels];
        kernel.AsSpan(cell * channels, channels).Fill(1f);
        return new DepthwiseConv2D
        {
            Name = name,
            Window = new ConvolutionWindow { KernelSize = (Size, Size), Strides = (2, 2), Padding = padding },
            Kernel = new NdArray<float>(new Shape(Size, Size, channels, 1), kernel),
            UseBias = false,
        };
    }
}

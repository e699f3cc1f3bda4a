using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>MaxPool and AveragePool over images; an average over the whole image is a GlobalAveragePooling2D.</summary>
internal sealed class PoolOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["MaxPool", "AveragePool"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxNode own = node;
        OnnxActivation input = import.Image(node);
        node = import.Activation(node).Rank == 2 ? OnnxLine.Widen(node) : node;
        if (OnnxWindow.Pair(node, "dilations") != (1, 1) || node.Int("storage_order", 0) != 0)
        {
            throw node.Error("OnnxPool", "it has dilations, or gives indices by columns. Pool without either");
        }

        bool isMaximum = node.OpType == "MaxPool";
        EdgePads more = isMaximum ? PadOperator.BeforeMaximum(own, import) : default;
        ConvolutionWindow stated = OnnxWindow.ReadStated(node, input.Stored, OnnxWindow.PoolSize(node), more);
        if (more != default && (stated.Pads.Top >= stated.KernelSize.Height || stated.Pads.Bottom >= stated.KernelSize.Height
            || stated.Pads.Left >= stated.KernelSize.Width || stated.Pads.Right >= stated.KernelSize.Width))
        {
            throw node.Error("OnnxPool", "its pads, with those before it, leave windows of nothing but pads. Pad by less than its size");
        }

        ConvolutionWindow window = OnnxWindow.Simplest(
            input.Stored,
            node.Int("ceil_mode", 0) == 0 ? stated : RoundedUp(node, input.Stored, stated, isMaximum));
        import.SetImage(
            own,
            isMaximum
                ? import.Add(new MaxPooling2D { Name = import.NameOf(node), Window = window }, OnnxActivation.ChannelsLast, input)
                : Average(node, import, input, window));
    }

    private static OnnxActivation Average(OnnxNode node, OnnxImport import, OnnxActivation input, ConvolutionWindow window)
    {
        if (window.Padding == Padding.Valid && window.KernelSize == (input.Stored[0], input.Stored[1]))
        {
            return import.Add(
                new GlobalAveragePooling2D { Name = import.NameOf(node), KeepDims = true },
                OnnxActivation.ChannelsLast,
                input);
        }

        if (window.Padding != Padding.Valid && node.Int("count_include_pad", 0) != 0)
        {
            EdgePads pads = window.PadsOver(input.Stored);
            ZeroPadding2D zeros = new()
            {
                Name = import.FreeName($"{node.Name}/pad"),
                Rows = (pads.Top, pads.Bottom),
                Columns = (pads.Left, pads.Right),
            };
            input = import.Add(zeros, OnnxActivation.ChannelsLast, input);
            window = window with { Padding = Padding.Valid, Pads = default };
        }

        return import.Add(new AveragePooling2D { Name = import.NameOf(node), Window = window }, OnnxActivation.ChannelsLast, input);
    }

    /// <summary>
    /// The window with pads at the end for a last output that begins inside of the image or the pads before it and reaches
    /// over its end.
    /// </summary>
    private static ConvolutionWindow RoundedUp(OnnxNode node, Shape image, ConvolutionWindow window, bool isMaximum)
    {
        EdgePads pads = window.Pads;
        int bottom = End(image[0], pads.Top, pads.Bottom, window.KernelSize.Height, window.Strides.Height);
        int right = End(image[1], pads.Left, pads.Right, window.KernelSize.Width, window.Strides.Width);
        if (bottom == pads.Bottom && right == pads.Right)
        {
            return window;
        }

        return isMaximum
            ? window with
            {
                Pads = pads with { Bottom = bottom, Right = right },
            }
            : throw node.Error(
                "OnnxPool",
                $"it rounds the size of its output up (ceil_mode), which over its input of {image[0]}x{image[1]} counts cells that are not there. Use a size that its strides divide, or ceil_mode=False");
    }

    private static int End(int size, int before, int after, int kernel, int stride)
    {
        int steps = (Math.Max(size + before + after - kernel, 0) + stride - 1) / stride;
        if (steps * stride >= size + before)
        {
            steps--;
        }

        return Math.Max(after, (steps * stride) + kernel - size - before);
    }
}

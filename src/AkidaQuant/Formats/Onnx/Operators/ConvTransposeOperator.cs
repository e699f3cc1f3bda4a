using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>
/// ConvTranspose as Conv2DTranspose, or as DepthwiseConv2DTranspose. Where the output is the input's size times the strides,
/// the kernel is extended by zeros until "same" padding crops it alike, which is the form that Akida has.
/// </summary>
internal sealed class ConvTransposeOperator : OnnxOperator
{
    private const int LeastAkidaKernel = 3;

    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["ConvTranspose"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxConstant weights = import.Required(node, 1, "its weights");
        OnnxActivation input = import.Image(node);
        OnnxNode own = node;
        (node, weights) = weights.Shape.Rank == 3 && import.Activation(node).Rank == 2
            ? (OnnxLine.Widen(node, isTransposed: true), OnnxLine.Widen(weights))
            : (node, weights);
        int groups = (int)Math.Clamp(node.Int("group", 1), 0, int.MaxValue);
        int channels = input.Stored.Channels;
        if (weights.Shape.Rank != 4 || groups == 0 || weights.Shape[0] != channels || channels % groups != 0 || weights.Count == 0)
        {
            throw node.Error(
                "OnnxShapeMismatch",
                $"its weights have the shape {weights.Shape} for {groups} groups, and its input has {channels} channels; (channels, filters, rows, columns) is needed");
        }

        int filters = weights.Shape[1] * groups;
        OnnxConstant? bias = import.Optional(node, 2, "its bias");
        ConvOperator.RequireBias(node, bias, filters);
        TransposedWindow window = Window(node, OnnxWindow.KernelSize(node, weights.Shape));
        bool isDepthwise = groups == channels && groups > 1 && filters == channels;
        NdArray<float> kernel = isDepthwise ? OnnxWeights.Reorder(weights, [2, 3, 0, 1]) : Kernel(node, weights, groups);
        (window, kernel) = AsSame(window, kernel);
        string name = import.NameOf(node);
        Layer layer = isDepthwise
            ? new DepthwiseConv2DTranspose
            {
                Name = name,
                Window = window,
                Kernel = kernel,
                UseBias = bias is not null,
                Bias = OnnxWeights.Bias(bias),
            }
            : new Conv2DTranspose
            {
                Name = name,
                Filters = filters,
                Window = window,
                Kernel = kernel,
                UseBias = bias is not null,
                Bias = OnnxWeights.Bias(bias),
            };
        import.SetImage(own, import.Add(layer, OnnxActivation.ChannelsLast, input));
    }

    private static TransposedWindow Window(OnnxNode node, (int Height, int Width) kernel)
    {
        if (node.HasAttribute("output_shape") || node.Text("auto_pad", "NOTSET") is not ("NOTSET" or "VALID" or ""))
        {
            throw node.Error("OnnxConvTranspose", "its pads follow from the size of its output (output_shape or auto_pad). Give it pads");
        }

        (int Height, int Width) strides = OnnxWindow.Pair(node, "strides");
        (int Height, int Width) more = node.Ints("output_padding") switch
        {
            null => (0, 0),
            [>= 0 and var rows, >= 0 and var columns] when rows < strides.Height && columns < strides.Width => ((int)rows, (int)columns),
            var other => throw node.Error(
                "OnnxAttributeInvalid",
                $"its output_padding is ({string.Join(", ", other)}), and two numbers smaller than its strides are needed"),
        };
        return new TransposedWindow
        {
            Forward = new ConvolutionWindow
            {
                KernelSize = kernel,
                Strides = strides,
                Dilation = OnnxWindow.Pair(node, "dilations"),
                Padding = Padding.Explicit,
                Pads = OnnxWindow.Pads(node),
            },
            OutputPadding = more,
        };
    }

    /// <summary>The kernel (rows, columns, filters, channels), zero where a channel belongs to another group.</summary>
    private static NdArray<float> Kernel(OnnxNode node, OnnxConstant weights, int groups)
    {
        if (groups == 1)
        {
            return OnnxWeights.Reorder(weights, [2, 3, 1, 0]);
        }

        (int channels, int perGroup, int taps) = (weights.Shape[0], weights.Shape[1], weights.Shape[2] * weights.Shape[3]);
        if ((long)weights.Count * groups > ConvOperator.MostWeights)
        {
            throw node.Error(
                "OnnxTooManyGroups",
                $"its {groups} groups would become a kernel of more than {ConvOperator.MostWeights} weights. Use fewer groups");
        }

        float[] values = weights.Floats;
        float[] spread = new float[weights.Count * groups];
        for (int channel = 0; channel < channels; channel++)
        {
            int first = channel / (channels / groups) * perGroup;
            Array.Copy(values, channel * perGroup * taps, spread, ((channel * perGroup * groups) + first) * taps, perGroup * taps);
        }

        return OnnxWeights.Reorder(
            OnnxConstant.Of(new Shape(channels, perGroup * groups, weights.Shape[2], weights.Shape[3]), spread),
            [2, 3, 1, 0]);
    }

    /// <summary>
    /// The window under "same" padding with a kernel extended by zeros, where the output is the input times the strides and
    /// the crop at its beginning can be met.
    /// </summary>
    public static (TransposedWindow Window, NdArray<float> Kernel) AsSame(TransposedWindow window, NdArray<float> kernel)
    {
        ConvolutionWindow forward = window.Forward;
        (int Height, int Width) more = window.OutputPadding!.Value;
        if (
            forward.Dilation != (1, 1)
            || Extension(forward.KernelSize.Height, forward.Strides.Height, forward.Pads.Top, forward.Pads.Bottom, more.Height)
                is not { } rows
            || Extension(forward.KernelSize.Width, forward.Strides.Width, forward.Pads.Left, forward.Pads.Right, more.Width)
                is not { } columns)
        {
            return (window, kernel);
        }

        int inner = kernel.Shape[2] * kernel.Shape[3];
        float[] values = new float[rows.Size * columns.Size * inner];
        for (int row = 0; row < forward.KernelSize.Height; row++)
        {
            for (int column = 0; column < forward.KernelSize.Width; column++)
            {
                int from = ((row * forward.KernelSize.Width) + column) * inner;
                int to = (((row + rows.Before) * columns.Size) + column + columns.Before) * inner;
                Array.Copy(kernel.Values, from, values, to, inner);
            }
        }

        return (
            new TransposedWindow
            {
                Forward = forward with { KernelSize = (rows.Size, columns.Size), Padding = Padding.Same, Pads = default },
            },
            new NdArray<float>(new Shape(rows.Size, columns.Size, kernel.Shape[2], kernel.Shape[3]), values));
    }

    /// <summary>
    /// The least kernel from <paramref name="kernel"/> on under which "same" crops as much before, and the zeros before its taps.
    /// </summary>
    private static (int Size, int Before)? Extension(int kernel, int stride, int begin, int end, int more)
    {
        if (kernel - begin - end + more != stride)
        {
            return null;
        }

        int least = stride == 2 ? Math.Max(kernel, LeastAkidaKernel) : kernel;
        for (int size = least; size <= (2 * kernel) + stride; size++)
        {
            int before = (Math.Max(size - stride, 0) / 2) - begin;
            if (before >= 0 && before <= size - kernel)
            {
                return (size, before);
            }
        }

        return null;
    }
}

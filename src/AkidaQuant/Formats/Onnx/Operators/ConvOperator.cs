using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>
/// Conv as Conv2D, or as DepthwiseConv2D where each channel has its own kernel. Other groups become one kernel with zeros
/// between the groups, which is the form that can be quantized.
/// </summary>
internal sealed class ConvOperator : OnnxOperator
{
    /// <summary>The most weights of a kernel that groups are spread into.</summary>
    public const long MostWeights = 1L << 26;

    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Conv"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxConstant weights = import.Required(node, 1, "its weights");
        if (weights.Shape.Rank is not (3 or 4) || import.Activation(node).Rank != weights.Shape.Rank - 1)
        {
            throw node.Error(
                "OnnxNotAnImage",
                $"its weights have the shape {weights.Shape} and its input {import.Activation(node).Shape} behind the batch, and only convolutions over images, with weights (filters, channels, rows, columns), and over positions, with weights (filters, channels, positions), have a layer here. Write others as several of these");
        }

        OnnxActivation input = import.Image(node);
        OnnxNode own = node;
        (node, weights) = weights.Shape.Rank == 3 ? (OnnxLine.Widen(node), OnnxLine.Widen(weights)) : (node, weights);
        int channels = input.Stored.Channels;
        (int filters, int perGroup) = (weights.Shape[0], weights.Shape[1]);
        int groups = (int)Math.Clamp(node.Int("group", 1), 0, int.MaxValue);
        if (groups == 0 || filters == 0 || filters % groups != 0 || perGroup * (long)groups != channels || weights.Count == 0)
        {
            throw node.Error(
                "OnnxShapeMismatch",
                $"its weights have the shape {weights.Shape} for {groups} groups, which doesn't fit its input of {channels} channels. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
        }

        OnnxConstant? bias = import.Optional(node, 2, "its bias");
        RequireBias(node, bias, filters);
        (OnnxActivation source, EdgePads more) = PadOperator.Absorb(input, import);
        if (groups == 1)
        {
            (source, weights) = OnnxChannels.Absorb(import, source, weights);
        }

        ConvolutionWindow window = OnnxWindow.Read(node, source.Stored, OnnxWindow.KernelSize(node, weights.Shape), more);
        Layer layer = groups == channels && groups > 1 && filters == channels && window.Strides.Height == window.Strides.Width
            ? new DepthwiseConv2D
            {
                Name = import.NameOf(node),
                Window = window,
                Kernel = OnnxWeights.Reorder(weights, [2, 3, 0, 1]),
                UseBias = bias is not null,
                Bias = OnnxWeights.Bias(bias),
            }
            : new Conv2D
            {
                Name = import.NameOf(node),
                Filters = filters,
                Window = window,
                Kernel = OnnxWeights.Reorder(groups == 1 ? weights : Spread(node, weights, groups), [2, 3, 1, 0]),
                UseBias = bias is not null,
                Bias = OnnxWeights.Bias(bias),
            };
        import.SetImage(own, import.Add(layer, OnnxActivation.ChannelsLast, source));
    }

    /// <summary>Refuses a bias of another size.</summary>
    public static void RequireBias(OnnxNode node, OnnxConstant? bias, int filters)
    {
        if (bias is not null && bias.Count != filters)
        {
            throw node.Error(
                "OnnxShapeMismatch",
                $"its bias has the shape {bias.Shape}, and {filters} values are needed. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
        }
    }

    /// <summary>Weights over all channels, zero where a channel belongs to another group.</summary>
    private static OnnxConstant Spread(OnnxNode node, OnnxConstant weights, int groups)
    {
        (int filters, int perGroup) = (weights.Shape[0], weights.Shape[1]);
        if ((long)weights.Count * groups > MostWeights)
        {
            throw node.Error(
                "OnnxTooManyGroups",
                $"its {groups} groups would become a kernel of {(long)weights.Count * groups} weights, more than {MostWeights}. Use fewer groups, or a depthwise convolution");
        }

        int taps = weights.Shape[2] * weights.Shape[3];
        int size = perGroup * taps;
        float[] values = weights.Floats;
        float[] spread = new float[weights.Count * groups];
        for (int filter = 0; filter < filters; filter++)
        {
            int group = filter / (filters / groups);
            Array.Copy(values, filter * size, spread, (((filter * groups) + group) * size), size);
        }

        return OnnxConstant.Of(new Shape(filters, perGroup * groups, weights.Shape[2], weights.Shape[3]), spread);
    }
}

using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Takes the offset of a Rescaling, and its scale when there is one a channel or a negative one, into the kernels behind it
/// (transforms.md 4.8; the reference leaves a negative scale, and integers cannot have one). The border of a padded convolution
/// gets the value that stands for zero from then on. The
/// memory of a temporal convolution cannot: its offset goes to a convolution of its own, where the reference folds it
/// and computes something else until the memory is full.
/// </summary>
internal sealed class AlignRescaling : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not Rescaling rescaling || (!FoldsScale(rescaling) && rescaling.Offset.All(offset => offset == 0)))
            {
                continue;
            }

            IReadOnlyList<Node> consumers = model.Consumers(node.Name);
            if (rescaling.Offset.Any(offset => offset != 0)
                && consumers.Any(consumer => consumer.Layer is BufferTempConv or DepthwiseBufferTempConv)
                && model.Plan[node.Name].Prepared.Output.Shape is { Rank: 3 } image)
            {
                string name = editor.FreeName(node.Name + IdentityConvolution.Suffix);
                editor.InsertAfter(node.Name, Fold(IdentityConvolution.Create(name, image.Channels), rescaling), moveOutputs: true);
                editor.Replace(Plain(rescaling));
                log.Rewritten(
                    node.Name,
                    $"leaves its offset to the new layer '{name}': the memory of what comes next starts with zeros behind it");
                continue;
            }

            string? obstacle = model.Outputs.Contains(node.Name) ? "the model gives its output"
                : consumers.Select(consumer => Obstacle(consumer.Layer)).FirstOrDefault(found => found is not null);
            if (obstacle is not null)
            {
                log.Kept(node.Name, $"keeps its offset and scale: {obstacle}");
                continue;
            }

            foreach (Node consumer in consumers)
            {
                editor.Replace(Fold(consumer.Layer, rescaling));
                log.Rewritten(node.Name, $"is folded into '{consumer.Name}'");
            }

            editor.Replace(Plain(rescaling));
        }

        return editor.Build();
    }

    private static bool FoldsScale(Rescaling rescaling) => rescaling.Scale is not [>= 0];

    private static Rescaling Plain(Rescaling rescaling) =>
        rescaling with
        {
            Offset = [0],
            Scale = FoldsScale(rescaling) ? [1] : rescaling.Scale,
        };

    /// <summary>Why a layer cannot take the offset of a Rescaling into its kernel, as the end of a sentence; null where it can.</summary>
    internal static string? Obstacle(Layer consumer) =>
        consumer switch
        {
            Dense or BufferTempConv or DepthwiseBufferTempConv => null,
            Conv2D { Groups: not 1 } => $"the convolution '{consumer.Name}' has groups",
            PaddedConv2D => $"the convolution '{consumer.Name}' has a border value already",
            Conv2D { Window: { Padding: Padding.Same, Dilation: not (1, 1) } } =>
                $"the dilated convolution '{consumer.Name}' cannot get a border value",
            Conv2D => null,
            _ => $"'{consumer.Name}' ({consumer.ClassName}) behind it has no kernel that could take them up",
        };

    private static Layer Fold(Layer consumer, Rescaling rescaling) => consumer switch
    {
        Dense dense => dense with
        {
            Kernel = Scale(dense.Kernel, rescaling, dense.Units),
            UseBias = true,
            Bias = AddOffset(dense, dense.Kernel, rescaling.Offset),
        },
        BufferTempConv temporal => temporal with { Kernel = Scale(temporal.Kernel, rescaling, temporal.Filters) },
        DepthwiseBufferTempConv temporal => temporal with { Kernel = Scale(temporal.Kernel, rescaling, 1) },
        Conv2D { Window.PadsAnything: true } convolution => PaddedConv2D.From(Fold(convolution, rescaling), BorderValues(rescaling)),
        Conv2D convolution => Fold(convolution, rescaling),
        _ => throw new InvalidOperationException($"'{consumer.Name}' has no kernel to fold into."),
    };

    private static Conv2D Fold(Conv2D convolution, Rescaling rescaling) => convolution with
    {
        Kernel = Scale(convolution.Kernel, rescaling, convolution.Filters),
        UseBias = true,
        Bias = AddOffset(convolution, convolution.Kernel, rescaling.Offset),
    };

    private static NdArray<float> AddOffset(WeightedLayer layer, NdArray<float> kernel, double[] offset)
    {
        float[] values = OffsetFolding.Sum(kernel, Array.ConvertAll(offset, value => (float)value));
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (layer.UseBias ? layer.Bias.Values[i] : 0f) + values[i];
        }

        return NdArray<float>.Vector(values);
    }

    private static NdArray<float> Scale(NdArray<float> kernel, Rescaling rescaling, int filters)
    {
        if (!FoldsScale(rescaling))
        {
            return kernel;
        }

        double[] scale = rescaling.Scale;
        float[] values = new float[kernel.Values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = kernel.Values[i] * (float)scale[i / filters % scale.Length];
        }

        return kernel with { Values = values };
    }

    private static float[] BorderValues(Rescaling rescaling)
    {
        double[] border = Array.ConvertAll(rescaling.Offset, offset => 0 - offset);
        if (border.All(value => value == border[0]))
        {
            border = border[..1];
        }

        if (!FoldsScale(rescaling))
        {
            return Array.ConvertAll(border, value => (float)value);
        }

        double[] scale = rescaling.Scale;
        return [.. Enumerable.Range(0, Math.Max(border.Length, scale.Length)).Select(
            channel => (float)((float)border[border.Length == 1 ? 0 : channel] / scale[scale.Length == 1 ? 0 : channel]))];
    }
}

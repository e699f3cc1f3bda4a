using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>Multiplications of float layers, counted as those of Akida layers are (akida-model.md 1.6).</summary>
internal static class LayerMacs
{
    /// <summary>Those of some layers for one sample; names that the network does not have count nothing.</summary>
    public static long Of(Model model, IEnumerable<string> layers) =>
        layers.Distinct(StringComparer.Ordinal).Where(name => model.Find(name) is not null).Sum(name => Of(model, model.NodeOf(name)));

    /// <summary>Those of a float or quantized layer: the weights of its kernels, once for each position of its output.</summary>
    public static long Of(Model model, Node node)
    {
        Layer layer = node.Layer is QuantizedLayer quantized ? quantized.ToFloat() : node.Layer;
        if (!layer.HasQuantizableWeights)
        {
            return 0;
        }

        Shape output = model.Plan[node.Name].Prepared.Output.Shape;
        Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
        long weights = layer.Variables.Where(variable => variable.Trainable && variable.Value.Shape.Rank > 1)
            .Sum(variable => (long)variable.Value.Shape.Size);
        long positions = layer switch
        {
            // A transposed kernel is laid on every position of the input.
            Conv2DTranspose or DepthwiseConv2DTranspose => (long)input[0] * input[1],
            Conv2D or DepthwiseConv2D or SeparableConv2D => (long)output[0] * output[1],

            // A dense layer is laid on every row, and frames on every position.
            _ => output.Size / output.Channels,
        };
        return weights * positions;
    }
}

using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Text;

namespace AkidaQuant.Checks;

/// <summary>The layers whose error can be measured: those that compute and round (tools.md 2.2).</summary>
internal static class MeasuredLayers
{
    private static readonly string[] Never =
        ["QuantizedDropout", "QuantizedFlatten", "QuantizedPermute", "QuantizedRescaling", "QuantizedReshape"];

    private static readonly string[] WithOutputQuantizer = ["QuantizedGlobalAveragePooling2D", "QuantizedMaxPool2D"];

    /// <summary>Whether a layer is measured.</summary>
    public static bool IsMeasured(Layer layer) => layer is QuantizedLayer quantized
        && !Never.Contains(layer.ClassName)
        && (quantized.OutputQuantizer is not null || !WithOutputQuantizer.Contains(layer.ClassName));

    /// <summary>The layers to measure, in the order of the model.</summary>
    /// <param name="model">A quantized model.</param>
    /// <param name="target">The only layer to measure; null for all.</param>
    /// <exception cref="QuantException"><c>LayerNotFound</c>, <c>LayerNotMeasurable</c> or <c>ModelNotQuantized</c>.</exception>
    public static IReadOnlyList<Node> Of(Model model, string? target)
    {
        if (!model.IsQuantized)
        {
            throw new QuantException(
                "ModelNotQuantized",
                QuantErrorKind.InvalidArgument,
                $"The model '{model.Name}' is not quantized, so it has no quantization error. Quantize it first.",
                model.Name);
        }

        if (target is not null && model.Find(target) is null)
        {
            throw new QuantException(
                "LayerNotFound",
                QuantErrorKind.NotFound,
                $"The model '{model.Name}' has no layer '{target}'. Its layers are: {Listing.Of(model.Layers.Select(layer => layer.Name), target)}.",
                target);
        }

        Node[] nodes = [.. model.Nodes.Where(node => (target is null || node.Name == target) && IsMeasured(node.Layer))];
        return nodes.Length > 0
            ? nodes
            : throw new QuantException(
                "LayerNotMeasurable",
                QuantErrorKind.InvalidArgument,
                target is null
                    ? $"The model '{model.Name}' has no layer whose error can be measured."
                    : $"Layer '{target}' ({model.NodeOf(target).Layer.ClassName}) only passes values on, so it has no error of its own. Measure a layer that computes.",
                target ?? model.Name);
    }
}

using System.Globalization;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>Says which layers became which Akida layer, with what, and which mean nothing to Akida.</summary>
internal sealed class ConversionReport(Action<string>? tell, ConversionContext context)
{
    private static readonly string[] Shown = ["activation", "weights_bits", "output_bits", "act_bits", "buffer_bits"];

    /// <summary>An input layer that stands for no layer of the model.</summary>
    public void Added(AkidaInputData data) =>
        tell?.Invoke($"The input of the model became {Describe(data)}, because its first layer does not take inputs itself.");

    /// <summary>A block that was converted.</summary>
    /// <param name="block">The block.</param>
    /// <param name="layer">What became of it; null where a layer made before took it in.</param>
    public void Converted(Block block, AkidaLayer? layer)
    {
        if (tell is null)
        {
            return;
        }

        foreach (PlanStep<Node> skipped in block.Layers.Where(step => step.Node.Layer is not InputLayer && context.IsSkippable(step)))
        {
            tell($"{Block.Describe(skipped)} was skipped: {Why(skipped.Node.Layer)}.");
        }

        tell(layer is null
            ? $"{block.Description} was taken into '{context.Layers[^1].Name}' ({context.Layers[^1].TypeName})."
            : $"{block.Description} became {Describe(layer)}.");
    }

    /// <summary>A model that runs in several parts: what they are, and what each hands on.</summary>
    public void Parted(AkidaModel model)
    {
        if (tell is null || model.Tail.Count == 0)
        {
            return;
        }

        foreach (AkidaPart part in model.Parts)
        {
            tell(string.Create(CultureInfo.InvariantCulture, $"Part {part}, {part.Bytes} bytes of float32 a sample."));
        }
    }

    private static string Describe(AkidaLayer layer)
    {
        string[] parameters =
        [
            .. layer.Parameters.Where(parameter => Shown.Contains(parameter.Key)).Select(parameter => $"{parameter.Key} {parameter.Value}"),
        ];
        return $"'{layer.Name}' ({layer.TypeName}){(parameters.Length == 0 ? string.Empty : $" with {string.Join(", ", parameters)}")}";
    }

    private static string Why(Layer layer) => layer switch
    {
        Dropout or QuantizedDropout => "it does nothing but in training",
        Rescaling or QuantizedRescaling => "the input takes its scale in",
        QuantizedReshape => "it only adds or removes dimensions of 1",
        _ => "Akida leaves it to the host",
    };
}

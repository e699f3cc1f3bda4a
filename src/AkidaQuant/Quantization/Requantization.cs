using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Text;

namespace AkidaQuant.Quantization;

/// <summary>
/// What differs when a quantized model is quantized again: the configuration must be complete, and what was not
/// asked to change does not. The reference promises this and refuses it (quantize.md 2.1).
/// </summary>
internal static class Requantization
{
    /// <summary>The options, with the input's quantizer and the last layer of the model unless others are given.</summary>
    /// <exception cref="QuantException">The input has a quantizer that no scheme can ask for.</exception>
    public static QuantizeOptions WithDefaults(Model model, QuantizeOptions options) => options with
    {
        Parameters = options.HasParameters ? options.Parameters : ParametersOf(model),
        Until = options.Until ?? (NamesFloatLayer(model, options.Config) ? null : LastQuantized(model)),
    };

    /// <summary>Checks that the configuration leaves nothing to the scheme.</summary>
    /// <param name="model">The quantized model given.</param>
    /// <param name="quantized">What it becomes, every setting completed from the scheme.</param>
    /// <param name="config">The configuration given.</param>
    /// <exception cref="QuantException"><c>RequantizeConfigIncomplete</c>: entries, or keys of entries, are missing.</exception>
    public static void RequireComplete(Model model, Model quantized, QuantConfig? config)
    {
        List<string> missing = [];
        foreach (Layer layer in quantized.GraphLayers)
        {
            if (layer is not QuantizedLayer { Settings: { Count: > 0 } settings })
            {
                continue;
            }

            if (config?.Settings(layer.Name) is not { Count: > 0 } given)
            {
                missing.Add($"'{layer.Name}'");
                continue;
            }

            // An entry without an output quantizer says that there is none (quantize.md 6.2).
            missing.AddRange(
                settings.Keys.Where(key => key != "output_quantizer" && !given.ContainsKey(key)).Select(key => $"'{layer.Name}' ({key})"));
        }

        if (missing.Count > 0)
        {
            throw new QuantException(
                "RequantizeConfigIncomplete",
                QuantErrorKind.InvalidArgument,
                $"The model '{model.Name}' is quantized already. To quantize it again takes a complete configuration, but settings are missing for: {Listing.Of(missing)}. Start from the model's own configuration (Get-QuantConfig), or quantize the float model.",
                model.Name);
        }
    }

    private static QuantizationParams ParametersOf(Model model) => new()
    {
        InputType = InputTypeOf(model),
        PerTensorActivations = QuantizerOf(model) is { } input
            ? !input.PerAxis
            : !model.GraphLayers.Any(layer => layer is QuantizedLayer { OutputQuantizer.PerAxis: true }),
    };

    /// <summary>The quantizer of the model's input; null for a typed input.</summary>
    private static InputQuantizer? QuantizerOf(Model model) =>
        model.Consumers(model.Input.Name).Select(node => node.Layer).OfType<InputQuantizer>().FirstOrDefault();

    private static IntegerType InputTypeOf(Model model)
    {
        if (QuantizerOf(model) is not { } input)
        {
            return model.Input.Type ?? new QuantizationParams().InputType;
        }

        foreach (IntegerType type in Enum.GetValues<IntegerType>())
        {
            if (type.Bits() == input.Bitwidth && type.IsSigned() == input.Signed)
            {
                return type;
            }
        }

        throw new QuantException(
            "InputTypeUnknown",
            QuantErrorKind.NotSupported,
            $"The model '{model.Name}' quantizes its input to {input.Bitwidth} {(input.Signed ? "signed" : "unsigned")} bits, which is no integer type. Give parameters that say which input type to use.",
            input.Name);
    }

    private static bool NamesFloatLayer(Model model, QuantConfig? config) =>
        config?.Keys.Any(name => model.Find(name)?.Layer is { } layer and not QuantizedLayer) == true;

    /// <summary>
    /// The layer until which the model was quantized on demand: the one that feeds all layers that could have been
    /// quantized next, but were not. Null when quantization went as far as it could.
    /// </summary>
    private static string? LastQuantized(Model model)
    {
        IEnumerable<string>? common = null;
        foreach (Node node in model.Nodes)
        {
            if (node.Layer.QuantizationObstacle is null && node.Inputs.All(input => model.NodeOf(input).Layer is Dequantizer))
            {
                IEnumerable<string> sources = node.Inputs.Select(input => model.NodeOf(input).Inputs[0]);
                common = common is null ? [.. sources] : common.Intersect(sources);
            }
        }

        HashSet<string> candidates = [.. common ?? []];
        return model.Nodes.LastOrDefault(node => candidates.Contains(node.Name))?.Name;
    }
}

using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Text;

namespace AkidaQuant.Akida.Conversion;

/// <summary>Turns quantized models into Akida models (convert.md 2 to 6 and 9).</summary>
public static class AkidaConverter
{
    /// <summary>Converts a quantized model; what it computes in float behind its integers becomes the software tail.</summary>
    /// <param name="quantized">A calibrated quantized model whose input shape is known.</param>
    /// <param name="version">The version to convert to.</param>
    /// <param name="warn">Takes warnings: layers left out, limits that change results.</param>
    /// <param name="tell">Takes what is worth knowing: which layers became which, and what was skipped.</param>
    /// <exception cref="QuantException">The model breaks a rule of the conversion; nothing is converted then.</exception>
    public static AkidaModel Convert(Model quantized, AkidaVersion version, Action<string>? warn = null, Action<string>? tell = null)
    {
        ArgumentNullException.ThrowIfNull(quantized);
        ConversionContext context = new(quantized, version, warn ?? (_ => { }));
        ConversionReport report = new(tell, context);
        CheckModel(context);
        foreach ((Block block, BlockConverter converter) in BlockMatcher.Match(BlockSplitter.Split(context), context))
        {
            IReadOnlyList<string> inbounds = context.Inbounds(block.Root);
            if (
                !converter.IsInput
                && (
                    context.Layers.Count == 0
                    || (inbounds.Count == 1 && context.Layers.First(layer => layer.Name == inbounds[0]) is AkidaQuantizer)))
            {
                AkidaInputData data = InputShapes.InputData(context, inbounds);
                context.Add(data);
                report.Added(data);
                inbounds = [data.Name];
            }

            AkidaLayer? layer = converter.Convert(block, inbounds, context);
            if (layer is not null)
            {
                context.Add(layer);
            }

            report.Converted(block, layer);
        }

        IReadOnlyList<AkidaLayer> layers = version == AkidaVersion.V1 ? V1Limits.Apply(context) : context.Layers;
        AkidaModel akida = new(quantized.Name, version, [.. layers])
        {
            TakesChannelsFirst = quantized.Input.IsChannelsFirst,
            Tail = [.. context.Tail.Parts(layers[^1])],
        };
        report.Parted(akida);
        return akida;
    }

    private static void CheckModel(ConversionContext context)
    {
        Model model = context.Model;
        if (!model.IsQuantized)
        {
            throw context.Error("AkidaModelNotQuantized", "it is not quantized. Quantize it first.");
        }

        if (model.GraphLayers.Count(layer => layer is InputLayer) != 1)
        {
            throw context.Error("AkidaSeveralInputs", "it has several inputs, and Akida models have one.");
        }

        if (model.Outputs.Count != 1 && !(model.InputShape.IsKnown && context.Tail.GivesAll(model.Outputs)))
        {
            throw context.Error(
                "AkidaSeveralOutputs",
                $"it has {model.Outputs.Count} outputs ({Listing.Of(model.Outputs)}), and Akida models have one.");
        }

        if (!model.InputShape.IsKnown)
        {
            throw context.Error(
                "AkidaInputShapeUnknown",
                $"the shape of its input {model.InputShape} is not known. Give it the shape of its samples.");
        }

        if (model.InputShape.Rank is not 1 and not 3 && !model.GraphLayers.Any(layer => layer is QuantizedStatefulRecurrent))
        {
            throw context.Error(
                "AkidaInputRank",
                $"its input {model.InputShape} must have one dimension, or three: height, width and channels.");
        }

        if (context.Plan.Steps.Where(step => step.Node.Layer is Dequantizer { Scales: not null }).Skip(1).FirstOrDefault() is { } another)
        {
            throw context.Error(
                "AkidaSeveralDequantizers",
                another,
                "it is not the only Dequantizer, and an Akida model has one output. Quantize the network so that its float part takes one tensor of the quantized part.");
        }

        if (context.Tail.Kept.All(step => context.IsSkippable(step) || step.Node.Layer is Dequantizer))
        {
            throw context.Error("AkidaNothingToConvert", "it has no layer that Akida computes.");
        }

        if (context.Version == AkidaVersion.V1 && model.GraphLayers.Any(layer => layer is IntegerLayer))
        {
            throw context.Error(
                "AkidaV1Onnx",
                "it comes from a quantized ONNX file, whose layers are those of Akida 2.0. Convert to Akida 2.0.");
        }

        if (context.Plan.Steps.FirstOrDefault(step => step.Node.Layer is not (InputLayer or InputQuantizer or IntegerInputQuantizer))
            is { Taken: [FloatSpec, ..] } first)
        {
            throw context.Error(
                "AkidaFloatFirst",
                first,
                "the network begins with layers in float, and an Akida model with integers. Split it with Split-QuantModel where it is quantized, run the first part by itself and convert the second.");
        }

        if (
            context.Version == AkidaVersion.V1
            && context.Tail.Kept.FirstOrDefault(step => step.Node.Layer is not InputLayer && step.Inputs.Count != 1) is { } branch)
        {
            throw context.Error(
                "AkidaV1Branch",
                branch,
                $"it takes {branch.Inputs.Count} inputs, and Akida 1.0 networks are chains. Convert to Akida 2.0.");
        }
    }
}

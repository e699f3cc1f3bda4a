using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Text;

namespace AkidaQuant.Akida.Conversion;

/// <summary>Turns quantized models into Akida models (convert.md 2 to 6 and 9).</summary>
public static class AkidaConverter
{
    /// <summary>Converts a quantized model; what it computes behind the integers of the Akida layers becomes the software tail.</summary>
    /// <param name="quantized">A calibrated quantized model whose input shape is known.</param>
    /// <param name="version">The version to convert to.</param>
    /// <param name="warn">Takes warnings: layers left out, limits that change results.</param>
    /// <param name="tell">Takes what is worth knowing: which layers became which, and what was skipped.</param>
    /// <exception cref="QuantException">The model breaks a rule of the conversion; nothing is converted then.</exception>
    public static AkidaModel Convert(Model quantized, AkidaVersion version, Action<string>? warn = null, Action<string>? tell = null)
    {
        ArgumentNullException.ThrowIfNull(quantized);
        ConversionContext context = new(quantized, version, warn ?? (_ => { }));
        CheckModel(context);
        if (HostLayers.Of(context) is { } host)
        {
            context = new ConversionContext(host.Model, version, context.Warn) { Host = host };
        }

        ConversionReport report = new(tell, context);
        CheckNetwork(context);
        foreach ((Block block, BlockConverter converter) in BlockMatcher.Match(BlockSplitter.Split(context), context))
        {
            report.Converted(block, Convert(block, converter, context, report));
        }

        IReadOnlyList<AkidaLayer> layers = version == AkidaVersion.V1 ? V1Limits.Apply(context) : context.Layers;
        AkidaModel akida = new(quantized.Name, version, [.. layers])
        {
            TakesChannelsFirst = quantized.Input.IsChannelsFirst,
            Form = quantized.Input.Form,
            Tail = [.. context.Tail.Parts(layers[^1])],
        };
        report.Parted(akida);
        return akida;
    }

    /// <summary>Judges a quantized model by the rules of the conversion, all of them at once.</summary>
    /// <param name="quantized">A quantized model whose input shape is known.</param>
    /// <param name="version">The version that it would be converted to.</param>
    /// <param name="withHost">
    /// Whether layers may be left to the host, as the conversion leaves them; else what needs that is a problem.
    /// </param>
    internal static AkidaInspection Inspect(Model quantized, AkidaVersion version, bool withHost = false)
    {
        List<ConversionProblem> problems = [];
        ConversionContext context = new(quantized, version, _ => { }, problems);
        if (!context.Attempt(() => CheckModel(context)))
        {
            return new AkidaInspection(problems, [], []);
        }

        if (withHost && HostLayers.Of(context) is { } host)
        {
            context = new ConversionContext(host.Model, version, context.Warn, problems) { Host = host };
        }

        CheckNetwork(context);
        IReadOnlyList<Block> blocks = [];
        context.Attempt(() => blocks = BlockSplitter.Split(context));
        ConversionReport report = new(null, context);
        Dictionary<Block, BlockConverter> converters =
            BlockMatcher.Match(blocks, context).ToDictionary(pair => pair.Block, pair => pair.Converter);
        HashSet<string> unknown = new(StringComparer.Ordinal);
        List<InspectedBlock> inspected = [];
        foreach (Block block in blocks)
        {
            AkidaLayer? layer = null;
            BlockConverter? converter = converters.GetValueOrDefault(block);
            bool isJudged = block.Matched.Count == 0
                || (converter is not null
                    && !block.Root.Inputs.Any(input => unknown.Contains(context.Plan.Steps[input].Node.Name))
                    && context.Attempt(() => layer = Convert(block, converter, context, report)));
            if (!isJudged)
            {
                unknown.UnionWith(block.Layers.Select(step => step.Node.Name));
            }

            inspected.Add(new InspectedBlock(
                [.. block.Layers.Select(step => step.Node.Name)],
                block.Matched.Count == 0,
                layer,
                layer is null ? null : converter!.OwnRule(block, context)));
        }

        return new AkidaInspection([.. problems.Distinct()], inspected, [.. context.Layers]);
    }

    private static AkidaLayer? Convert(Block block, BlockConverter converter, ConversionContext context, ConversionReport report)
    {
        IReadOnlyList<string> inbounds = context.Inbounds(block.Root);
        if (
            !converter.IsInput
            && (
                context.Layers.Count == 0
                || (inbounds.Count == 1 && context.Layers.First(layer => layer.Name == inbounds[0]) is AkidaQuantizer)))
        {
            RequireOneBranch(block, inbounds, context);
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

        return layer;
    }

    /// <summary>Refuses a second layer behind the Quantizer, whose InputData is for one (convert.md 2.5).</summary>
    private static void RequireOneBranch(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        if (inbounds.Count == 1 && context.Layers.FirstOrDefault(layer => layer.Inbounds.Contains(inbounds[0])) is { } other)
        {
            string first = other is AkidaInputData ? "another layer" : $"'{other.Name}'";
            throw context.Error(
                "AkidaInputBranch",
                block.Root,
                $"it takes the quantized input, and so does {first}, but only one layer stands behind a Quantizer. Put a convolution of 1x1 whose weights are the unit matrix before the branches, as Repair-QuantModel does.");
        }
    }

    /// <summary>Checks what the plan of the model needs.</summary>
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

        if (!model.InputShape.IsKnown)
        {
            throw context.Error(
                "AkidaInputShapeUnknown",
                $"the shape of its input {model.InputShape} is not known. Give it the shape of its samples.");
        }
    }

    /// <summary>Checks the network as a whole.</summary>
    private static void CheckNetwork(ConversionContext context)
    {
        Model model = context.Model;
        context.Attempt(() => Require(
            model.Outputs.Count == 1 || context.Tail.GivesAll(model.Outputs),
            () => context.Error(
                "AkidaSeveralOutputs",
                $"it has {model.Outputs.Count} outputs ({Listing.Of(model.Outputs)}), and Akida models have one.")));
        context.Attempt(() => Require(
            model.InputShape.Rank is 1 or 3 || model.GraphLayers.Any(layer => layer is QuantizedStatefulRecurrent),
            () => context.Error(
                "AkidaInputRank",
                $"its input {model.InputShape} must have one dimension, or three: height, width and channels.")));
        foreach (PlanStep<Node> another in context.Plan.Steps.Where(step => step.Node.Layer is Dequantizer { Scales: not null }).Skip(1))
        {
            context.Attempt(() => throw context.Error(
                "AkidaSeveralDequantizers",
                another,
                "it is not the only Dequantizer, and an Akida model has one output. Quantize the network so that its float part takes one tensor of the quantized part."));
        }

        context.Attempt(() => Require(
            !context.Tail.Kept.All(step => context.IsSkippable(step) || step.Node.Layer is Dequantizer),
            () => context.Error("AkidaNothingToConvert", "it has no layer that Akida computes.")));
        context.Attempt(() => Require(
            context.Version != AkidaVersion.V1 || !model.GraphLayers.Any(layer => layer is IntegerLayer),
            () => context.Error(
                "AkidaV1Onnx",
                "it comes from a quantized ONNX file, whose layers are those of Akida 2.0. Convert to Akida 2.0.")));
        if (context.Plan.Steps.FirstOrDefault(step => step.Node.Layer is not (InputLayer or InputQuantizer or IntegerInputQuantizer))
            is { Taken: [FloatSpec, ..] } first)
        {
            context.Attempt(() => throw context.Error(
                "AkidaFloatFirst",
                first,
                "the network begins with layers in float, and an Akida model with integers. Split it with Split-QuantModel where it is quantized, run the first part by itself and convert the second."));
        }

        context.Attempt(() => CheckChain(context));
    }

    /// <summary>Akida 1.0 has no branches.</summary>
    private static void CheckChain(ConversionContext context)
    {
        foreach (PlanStep<Node> branch in context.Tail.Kept.Where(step =>
            context.Version == AkidaVersion.V1 && step.Node.Layer is not InputLayer && step.Inputs.Count != 1))
        {
            context.Attempt(() => throw context.Error(
                "AkidaV1Branch",
                branch,
                $"it takes {branch.Inputs.Count} inputs, and Akida 1.0 networks are chains. Convert to Akida 2.0."));
        }
    }

    private static void Require(bool holds, Func<QuantException> error)
    {
        if (!holds)
        {
            throw error();
        }
    }
}

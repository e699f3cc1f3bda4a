using System.Globalization;
using System.Text;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>Finds the converter of every block (convert.md 2.4).</summary>
internal static class BlockMatcher
{
    private static readonly Lazy<BlockConverter[]> Converters = new(() =>
    [
        .. typeof(BlockConverter).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(BlockConverter)) && !type.IsAbstract)
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(type => (BlockConverter)Activator.CreateInstance(type)!),
    ]);

    /// <summary>The blocks that have layers to match and break no rule, each with its converter.</summary>
    /// <exception cref="QuantException">A block has no pattern, or breaks a rule of its converter.</exception>
    public static IReadOnlyList<(Block Block, BlockConverter Converter)> Match(IReadOnlyList<Block> blocks, ConversionContext context)
    {
        List<(Block Block, BlockConverter Converter)> matched = [];
        foreach (Block block in blocks.Where(block => block.Matched.Count > 0))
        {
            bool first =
                matched.Count == 0
                || (
                    matched.Count == 1
                    && matched[0].Block.Root.Node.Layer
                        is InputQuantizer { Signed: false, Bitwidth: 8 }
                            or IntegerInputQuantizer { IsSigned: false });
            BlockConverter[] candidates =
            [
                .. Converters.Value.Where(converter =>
                    converter.Supports(context.Version)
                    && converter.IsInput
                    && first
                    && (!converter.NeedsImage || IsImage(context.Model.Input))),
                .. Converters.Value.Where(converter => converter.Supports(context.Version) && !converter.IsInput),
            ];
            Type[] classes = [.. block.Matched.Select(step => step.Node.Layer.GetType())];
            BlockConverter? converter = null;
            bool holds = context.Attempt(() => converter = candidates.FirstOrDefault(candidate =>
                candidate.Patterns.Any(pattern => pattern.AsSpan().SequenceEqual(classes)))
                ?? throw NoPattern(block, classes, candidates, context));
            holds = holds && context.Attempt(() => RefuseInnerQuantizers(block, converter!, context));
            holds = holds && context.Attempt(() => converter!.Check(block, context));
            if (holds)
            {
                matched.Add((block, converter!));
            }
        }

        return matched;
    }

    private static bool IsImage(InputLayer input) => input.Shape.Channels is 1 or 3 && input.Type is null or IntegerType.UInt8;

    private static void RefuseInnerQuantizers(Block block, BlockConverter converter, ConversionContext context)
    {
        foreach (PlanStep<Node> step in block.Matched.Where(step => step != block.OutputStep))
        {
            if (step.Node.Layer is QuantizedLayer { OutputQuantizer: { } quantizer } && !converter.AllowsInnerQuantizer(block, step))
            {
                throw context.Error(
                    "AkidaInnerQuantizer",
                    step,
                    $"its output_quantizer of {quantizer.Bitwidth} bits stands between layers that become one Akida layer, which quantizes at its end only. Remove it from the configuration, or give it 8 bits.");
            }
        }
    }

    private static QuantException NoPattern(Block block, Type[] classes, BlockConverter[] candidates, ConversionContext context)
    {
        StringBuilder text = new();
        text.Append("these layers, in this order, are no Akida layer: ").Append(block.Description).Append('.');
        if (block.Matched.SkipLast(1).FirstOrDefault(step => step.Node.Layer is QuantizedLayer { OutputQuantizer: not null }) is { } wide)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $" They are taken together because the output_quantizer of '{wide.Node.Name}' has {((QuantizedLayer)wide.Node.Layer).OutputQuantizer!.Bitwidth} bits; with 8 or fewer an Akida layer could end there.");
        }

        text.Append(context.WayOut).Append(context.Version == AkidaVersion.V1
                ? " Change the network so that it has one of these sequences, as Repair-QuantModel -Version 1.0 does where there is an exact form, or stop quantizing before it:"
                : " Change the network so that it has one of these sequences, or stop quantizing before it:");
        return new QuantException(
            "AkidaPatternUnknown",
            QuantErrorKind.NotSupported,
            $"The model '{context.Model.Name}' cannot be converted to Akida {(int)context.Version}.0: {text}",
            block.Root.Node.Name,
            items: NearestPatterns.List(classes, candidates.SelectMany(candidate => candidate.Patterns)));
    }
}

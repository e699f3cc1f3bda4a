using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;
using AkidaQuant.Text;

namespace AkidaQuant.Akida.Conversion;

/// <summary>Cuts a quantized model into blocks that each become one Akida layer (convert.md 2.3).</summary>
internal sealed class BlockSplitter
{
    /// <summary>Output quantizers as wide as this do not end a block.</summary>
    private const int InnerQuantizerBits = 9;

    private readonly ConversionContext _context;
    private readonly Dictionary<string, string> _owner = new(StringComparer.Ordinal);

    private BlockSplitter(ConversionContext context) => _context = context;

    /// <summary>The blocks from input to output.</summary>
    /// <exception cref="QuantException">A layer belongs to two blocks, or more than one tensor leaves them.</exception>
    public static IReadOnlyList<Block> Split(ConversionContext context) => new BlockSplitter(context).Split();

    private List<Block> Split()
    {
        List<PlanStep<Node>> steps = Keep();
        List<Block> blocks = [];
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            PlanStep<Node> step = steps[i];
            if (_owner.ContainsKey(step.Node.Name))
            {
                continue;
            }

            Block block = new(step.Node.Layer is Dequantizer ? [step] : WalkUp(step), _context);
            foreach (PlanStep<Node> matched in block.Matched)
            {
                _context.Attempt(() => Own(matched, step));
            }

            foreach (PlanStep<Node> skipped in block.Layers.Where(_context.IsSkippable))
            {
                _owner.TryAdd(skipped.Node.Name, step.Node.Name);
            }

            blocks.Add(block);
        }

        blocks.Reverse();
        return blocks;
    }

    private List<PlanStep<Node>> Keep()
    {
        List<PlanStep<Node>> steps = [.. _context.Plan.Steps];
        int[] ends = [.. Enumerable.Range(0, steps.Count).Where(i => steps[i].Node.Layer is Dequantizer)];
        if (ends.Length > 1)
        {
            throw _context.Error(
                "AkidaSeveralOutputs",
                $"its layers in float take the integers of {string.Join(" and ", ends.Select(i => $"'{steps[steps[i].Inputs[0]].Node.Name}'"))}, and Akida models have one output. Quantize with -Until a layer before which one tensor is left.");
        }

        if (ends is [int last] && last + 1 is var end && end < steps.Count)
        {
            _context.Warn(
                $"The layers after '{steps[last].Node.Name}' compute in float and are not part of the Akida model: {Listing.Of(steps.Skip(end).Select(Block.Describe))}. Apply them to its output.");
            steps.RemoveRange(end, steps.Count - end);
        }

        if (steps[^1] is { Node.Layer: Dequantizer, Inputs: [int source] } && steps[source].Node.Layer is QuantizedPicoPostProcessing)
        {
            // What the comparison gives are 0 and 1 already.
            steps.RemoveAt(steps.Count - 1);
        }

        return steps;
    }

    private void Own(PlanStep<Node> layer, PlanStep<Node> end)
    {
        if (!_owner.TryAdd(layer.Node.Name, end.Node.Name))
        {
            throw _context.Error(
                "AkidaLayerShared",
                layer,
                $"'{_owner[layer.Node.Name]}' and '{end.Node.Name}' both take its output before it is quantized to 8 bits or fewer. Give it an output_quantizer of 8 bits.");
        }
    }

    private List<PlanStep<Node>> WalkUp(PlanStep<Node> end)
    {
        List<PlanStep<Node>> layers = [end];
        while (layers[0].Inputs is [int input] && !StartsAfter(layers[0], _context.Plan.Steps[input]))
        {
            layers.Insert(0, _context.Plan.Steps[input]);
        }

        return layers;
    }

    private bool StartsAfter(PlanStep<Node> step, PlanStep<Node> previous)
    {
        if (previous.Node.Layer is InputQuantizer or IntegerLayer)
        {
            return true;
        }

        OutputQuantizer? quantizer = (previous.Node.Layer as QuantizedLayer)?.OutputQuantizer;
        if (_context.Version == AkidaVersion.V1)
        {
            if (quantizer is not null && previous.Node.Layer is not QuantizedReLU)
            {
                _context.Attempt(() => throw _context.Error(
                    "AkidaV1QuantizerPlace",
                    previous,
                    $"it has an output quantizer in front of '{step.Node.Name}', and Akida 1.0 quantizes after a ReLU only. Put a bounded ReLU behind it, for which Repair-QuantModel -Version 1.0 has exact forms, or convert to Akida 2.0."));
            }

            return quantizer is not null;
        }

        return quantizer is { Bitwidth: < InnerQuantizerBits } || previous.Inputs.Count > 1
            || previous.Node.Layer is QuantizedExtractToken { Selection.Axis: 1 };
    }
}

using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

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
        List<PlanStep<Node>> steps = [.. _context.Tail.Kept];
        if (steps[^1] is { Node.Layer: Dequantizer, Inputs: [int source] }
            && _context.Plan.Steps[source].Node.Layer is QuantizedPicoPostProcessing)
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
                $"'{_owner[layer.Node.Name]}' and '{end.Node.Name}' both take its output before it is quantized to 8 bits or fewer. Give it an output_quantizer of 8 bits and each activation behind it a convolution of its own, as Repair-QuantModel does.");
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
                    BlockActivation.Is(previous)
                        ? "Akida 1.0 has no activation but ReLU. Replace it by one with a bound, or convert to Akida 2.0."
                        : $"it has an output quantizer in front of '{step.Node.Name}', and Akida 1.0 quantizes after a ReLU only. Put a bounded ReLU behind it, for which Repair-QuantModel -Version 1.0 has exact forms, or convert to Akida 2.0."));
            }

            return quantizer is not null;
        }

        return (quantizer is { Bitwidth: < InnerQuantizerBits } && !(step.Node.Layer is QuantizedMaxPool2D && IsPooledAlone(previous)))
            || previous.Inputs.Count > 1
            || previous.Node.Layer is QuantizedExtractToken { Selection.Axis: 1 }
            || (EndsQuantized(previous) && !BlockActivation.Is(step));
    }

    /// <summary>Whether a maximum pool ends a block: the convolution that it pools is quantized already.</summary>
    private bool EndsQuantized(PlanStep<Node> pool) =>
        pool is { Node.Layer: QuantizedMaxPool2D, Inputs: [int input] } && IsPooledAlone(_context.Plan.Steps[input]);

    /// <summary>
    /// Whether a layer is a convolution whose sums can be pooled before its quantizer, which nothing but the pool takes: a form of ours.
    /// </summary>
    private bool IsPooledAlone(PlanStep<Node> convolution) =>
        convolution.Node.Layer
            is QuantizedConv2D { OutputQuantizer.Bitwidth: < InnerQuantizerBits }
                or QuantizedDepthwiseConv2D { OutputQuantizer.Bitwidth: < InnerQuantizerBits }
        && _context.Model.Consumers(convolution.Node.Name).Count == 1
        && !_context.Model.Outputs.Contains(convolution.Node.Name);
}

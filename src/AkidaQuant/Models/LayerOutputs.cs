using AkidaQuant.Execution;

namespace AkidaQuant.Models;

/// <summary>
/// Bits of what the layers of a model give, step by step. A tensor of a plan has a sign always (numerics.md 2), also where its
/// quantizer has none, so bits are those of the layer that brought it to them, as long as layers pass them on.
/// </summary>
internal sealed class LayerOutputs
{
    private readonly List<(int? Bits, int? ValueBits)> _outputs = [];

    /// <summary>Bits of what the next step gives, sign included; null for floats.</summary>
    public int? Add(PlanStep<Node> step)
    {
        QuantizedSpec? output = step.Prepared.Output as QuantizedSpec;
        int? bits = output is null ? null : step.Node.Layer.OutputBits ?? Passed(step, output.ValueBits) ?? output.Bits;
        _outputs.Add((bits, output?.ValueBits));
        return bits;
    }

    private int? Passed(PlanStep<Node> step, int valueBits) =>
        step.Inputs is [int first, ..] && _outputs[first].ValueBits == valueBits ? _outputs[first].Bits : null;
}

using AkidaQuant.Execution;

namespace AkidaQuant.Models;

/// <summary>
/// Bits of what the layers of a model give. A tensor of a plan has a sign always (numerics.md 2), also where its quantizer has
/// none, so bits are those of the layer that brought it to them, as long as layers pass them on.
/// </summary>
internal static class LayerOutputs
{
    /// <summary>Bits of what each step gives, sign included, by the name of its layer; null for floats.</summary>
    public static IReadOnlyDictionary<string, int?> Bits(IReadOnlyList<PlanStep<Node>> steps)
    {
        List<(int? Bits, int? ValueBits)> outputs = [];
        Dictionary<string, int?> bits = new(StringComparer.Ordinal);
        foreach (PlanStep<Node> step in steps)
        {
            QuantizedSpec? output = step.Prepared.Output as QuantizedSpec;
            int? own = output is null ? null : step.Node.Layer.OutputBits ?? Passed(step, output.ValueBits) ?? output.Bits;
            outputs.Add((own, output?.ValueBits));
            bits[step.Node.Name] = own;
        }

        return bits;

        int? Passed(PlanStep<Node> step, int valueBits) =>
            step.Inputs is [int first, ..] && outputs[first].ValueBits == valueBits ? outputs[first].Bits : null;
    }
}

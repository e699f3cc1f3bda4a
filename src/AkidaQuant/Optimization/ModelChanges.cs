using System.Globalization;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization;

/// <summary>What is different in a quantized model, layer by layer, in the words of its users.</summary>
internal static class ModelChanges
{
    /// <summary>The changes of all layers, in the order of the model.</summary>
    public static IReadOnlyList<OptimizationChange> Of(Model before, Model after)
    {
        List<OptimizationChange> changes = [];
        RescalingDomains oldDomains = before.Domains;
        RescalingDomains newDomains = after.Domains;
        foreach (PlanStep<Node> step in after.Plan.Steps)
        {
            Node node = step.Node;
            if (before.Find(node.Name)?.Layer is not QuantizedLayer old || node.Layer is not QuantizedLayer layer)
            {
                continue;
            }

            RecordedVariables earlier = before.Plan[node.Name].Prepared.Recorded;
            foreach ((string change, string was, string becomes) in Kernels(earlier, step.Prepared.Recorded)
                .Concat(Biases(old, layer))
                .Concat(WeightBits(old, layer))
                .Concat(Bits(old.OutputQuantizer, layer.OutputQuantizer))
                .Concat(Ranges(Real(old, oldDomains[node.Name]), Real(layer, newDomains[node.Name]))))
            {
                changes.Add(new OptimizationChange(after.Name, node.Name, layer.ClassName, change, was, becomes));
            }
        }

        return changes;
    }

    private static IEnumerable<(string Change, string Before, string After)> Kernels(RecordedVariables before, RecordedVariables after)
    {
        IEnumerable<string> kernels = after.Select(entry => entry.Key);
        foreach (string key in kernels.Where(key => key.EndsWith("weight_quantizer/qweights", StringComparison.Ordinal)))
        {
            long[] old = before.Tensor(key)?.Values.Values ?? [];
            long[] integers = after.Tensor(key)!.Values.Values;
            int different = old.Length == integers.Length
                ? integers.Where((integer, index) => integer != old[index]).Count()
                : integers.Length;
            if (different > 0)
            {
                yield return ("kernel", Text($"{old.Length} integers"), Text($"{different} of them different"));
            }
        }
    }

    private static IEnumerable<(string Change, string Before, string After)> Biases(Layer before, Layer after)
    {
        if (after is not QuantizedWeightedLayer { UseBias: true } layer || before is not QuantizedWeightedLayer old)
        {
            yield break;
        }

        float[] values = layer.Bias.Values;
        float[] earlier = old.UseBias ? old.Bias.Values : new float[values.Length];
        float most = values.Zip(earlier, (value, was) => MathF.Abs(value - was)).DefaultIfEmpty(0f).Max();
        if (most > 0)
        {
            yield return ("bias", old.UseBias ? Span(earlier) : "none", Text($"{Span(values)}, by at most {most:G3}"));
        }
    }

    private static IEnumerable<(string Change, string Before, string After)> WeightBits(Layer before, Layer after)
    {
        if (before.WeightBits is { } old && after.WeightBits is { } bits && old != bits)
        {
            yield return ("weight bits", Text($"{old}"), Text($"{bits}"));
        }
    }

    private static IEnumerable<(string Change, string Before, string After)> Bits(OutputQuantizer? before, OutputQuantizer? after)
    {
        if (before?.Bitwidth != after?.Bitwidth)
        {
            yield return ("bits", before is null ? "none" : Text($"{before.Bitwidth}"), after is null ? "none" : Text($"{after.Bitwidth}"));
        }
    }

    private static IEnumerable<(string Change, string Before, string After)> Ranges(float[] before, float[] after)
    {
        if (!before.SequenceEqual(after))
        {
            yield return ("range", before.Length == 0 ? "none" : Span(before), after.Length == 0 ? "none" : Span(after));
        }
    }

    /// <summary>Ranges in units of the float network.</summary>
    private static float[] Real(QuantizedLayer layer, ScalarOrVector<float> factors) => layer.OutputQuantizer is { } quantizer
        ? [.. quantizer.RangeMax.Values.Select((range, channel) => range / factors[factors.Count == 1 ? 0 : channel])]
        : [];

    private static string Span(float[] values) => values.Length == 1
        ? Text($"{values[0]:G3}")
        : Text($"{values.Min():G3} .. {values.Max():G3}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

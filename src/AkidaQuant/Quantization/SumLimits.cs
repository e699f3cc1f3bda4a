using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Quantization;

/// <summary>
/// How fine the steps of a layer's sums may be. The sums and the bias must fit the accumulator (numerics.md 9.1), and what the output
/// quantizer behind makes of its greatest value, times a mantissa, must fit its buffer (numerics.md 5.4); what lies beyond that value
/// saturates anyway.
/// </summary>
/// <param name="model">The calibrated model.</param>
/// <param name="plan">A plan of its layers, biases left out or not.</param>
internal sealed class SumLimits(Model model, ExecutionPlan<Node> plan)
{
    /// <summary>Sums of samples that were not looked at may be as much greater than those that were.</summary>
    private const float Margin = 1.5f;

    /// <summary>A bias keeps 8 bits, and rounding them makes it so much greater at most.</summary>
    private const float BiasMargin = 1.01f;

    /// <summary>Value bits of a rectifier's bound, with those of the accumulator that its shift must be below.</summary>
    private const int BoundBits = 39;

    private readonly Dictionary<string, float[]> _seen = new(StringComparer.Ordinal);

    /// <summary>Says the greatest magnitudes that a layer's outputs had, so that wider ranges need not fit.</summary>
    public void See(string layer, float[] magnitudes) => _seen[layer] = magnitudes;

    /// <summary>The layers whose output quantizers take the sums of a layer.</summary>
    public IEnumerable<string> Outputs(string layer) => Outputs(model.NodeOf(layer));

    private IEnumerable<string> Outputs(Node node) => node.Layer is QuantizedLayer { OutputQuantizer: not null }
        ? [node.Name]
        : model.Consumers(node.Name)
            .Where(next => next.Layer is QuantizedReLU or QuantizedMaxPool2D or QuantizedDropout or QuantizedGlobalAveragePooling2D)
            .SelectMany(Outputs);

    /// <summary>The least step for each output channel, as a real value.</summary>
    /// <param name="name">A layer with a kernel.</param>
    /// <param name="valueBits">Magnitude bits of its accumulator.</param>
    /// <param name="sums">The greatest magnitudes that its sums with the bias had; null where every sum fits.</param>
    public float[] LeastSteps(string name, int valueBits, IReadOnlyList<float>? sums)
    {
        Node node = model.NodeOf(name);
        var layer = (QuantizedWeightedLayer)node.Layer;
        float[] steps = new float[plan[node.Name].Prepared.Output.Shape.Channels];
        float buffer = MathF.ScaleB(1f, -valueBits);
        for (int i = 0; i < steps.Length; i++)
        {
            float bias = layer.UseBias ? Math.Abs(layer.Bias.Values[i]) : 0f;
            steps[i] = Math.Max(bias * BiasMargin, sums is null ? 0f : (sums[i] * Margin) + bias) * buffer;
        }

        FollowOutput(node, 1, steps, throughAverage: true);
        return steps;
    }

    /// <summary>The global average that takes the sums of a layer as they are, where they are too fine for its buffer; else null.</summary>
    /// <param name="node">A layer with a kernel.</param>
    /// <param name="steps">The steps of its sums.</param>
    /// <param name="excess">How many times as coarse the steps must be.</param>
    public Node? CrowdedAverage(Node node, IReadOnlyList<float> steps, out float excess)
    {
        float[] all = new float[steps.Count];
        float[] own = new float[steps.Count];
        FollowOutput(node, 1, all, throughAverage: true);
        FollowOutput(node, 1, own, throughAverage: false);
        excess = Enumerable.Range(0, all.Length).Where(i => all[i] > own[i]).Select(i => all[i] / steps[i]).Append(0f).Max();
        return excess > 1 ? AverageBehind(node) : null;
    }

    private Node? AverageBehind(Node node)
    {
        while (node.Layer is not QuantizedGlobalAveragePooling2D)
        {
            if (model.Consumers(node.Name) is not [Node next])
            {
                return null;
            }

            node = next;
        }

        return node;
    }

    /// <summary>Takes in what the quantizers behind ask for, as far as sums come to them unchanged.</summary>
    private void FollowOutput(Node node, int positions, float[] steps, bool throughAverage)
    {
        if (node.Layer is QuantizedLayer { OutputQuantizer: { } quantizer })
        {
            Take(quantizer, positions, steps, _seen.GetValueOrDefault(node.Name));
            return;
        }

        foreach (Node next in model.Consumers(node.Name))
        {
            switch (next.Layer)
            {
                case QuantizedReLU relu:
                    TakeBound(relu, steps);
                    FollowOutput(next, positions, steps, throughAverage);
                    break;
                case QuantizedMaxPool2D or QuantizedDropout:
                    FollowOutput(next, positions, steps, throughAverage);
                    break;
                case QuantizedGlobalAveragePooling2D when throughAverage:
                    Shape image = plan[node.Name].Prepared.Output.Shape;
                    FollowOutput(next, image[0] * image[1], steps, throughAverage);
                    break;
            }
        }
    }

    private static void Take(OutputQuantizer quantizer, int positions, float[] steps, float[]? seen)
    {
        for (int i = 0; i < steps.Length; i++)
        {
            int index = quantizer.PerAxis ? i : 0;
            float greatest = quantizer.RangeMax.Values[index] / quantizer.RescalingRate.Values[index];
            greatest = seen is null ? greatest : Math.Min(greatest, seen[i] * Margin);
            steps[i] = Math.Max(steps[i], MathF.ScaleB(greatest * positions, quantizer.ScaleBits - quantizer.BufferBitwidth));
        }
    }

    private static void TakeBound(QuantizedReLU relu, float[] steps)
    {
        for (int i = 0; i < steps.Length && relu.MaxValue is not null; i++)
        {
            steps[i] = Math.Max(steps[i], MathF.ScaleB(relu.MaxValue.Value, -BoundBits));
        }
    }
}

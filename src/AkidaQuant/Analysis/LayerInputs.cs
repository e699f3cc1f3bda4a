using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Analysis;

/// <summary>
/// The float inputs that belong to the integer inputs of a layer: dequantized, equalization undone, zero points taken off
/// (tools.md 2.3, steps 4 and 5).
/// </summary>
internal static class LayerInputs
{
    /// <summary>The input at a position.</summary>
    /// <param name="model">The quantized model.</param>
    /// <param name="node">The layer.</param>
    /// <param name="index">The position of the input.</param>
    /// <param name="integers">What the quantized layer gets.</param>
    /// <param name="factors">By how much they are larger than those of the float network, one or one a channel.</param>
    public static float[] ToFloat(Model model, Node node, int index, long[] integers, ScalarOrVector<float> factors)
    {
        string producer = node.Inputs[index];
        PlanStep<Node> step = model.Plan[producer];
        var spec = (QuantizedSpec)step.Prepared.Output;
        float[] values = QuantErrorMeter.Dequantize(integers, spec.FracBits, spec.Scales);
        if (!RescalingDomains.IsOne(factors))
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] /= factors[i % factors.Count];
            }
        }

        if (step.Node.Layer is InputQuantizer && step.Prepared.Recorded.Tensor("zero_points") is { } zeroPoints)
        {
            float[] offsets = QuantErrorMeter.Dequantize(zeroPoints.Values.Values, zeroPoints.FracBits, null);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] -= offsets[i % offsets.Length];
            }
        }

        return values;
    }
}

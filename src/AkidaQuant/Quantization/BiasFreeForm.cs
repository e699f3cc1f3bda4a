using AkidaQuant.Layers;

namespace AkidaQuant.Quantization;

/// <summary>
/// A quantized model without its biases. Whatever a plan says of shapes, fractional bits and scales does not depend on them, but a
/// bias that no accumulator holds would keep the plan from being made.
/// </summary>
internal static class BiasFreeForm
{
    /// <summary>The model with biases of 0.</summary>
    public static Model Of(Model model) => model.WithLayers(layer =>
        layer is QuantizedWeightedLayer { UseBias: true } weighted
            ? weighted with { Bias = weighted.Bias.Map(_ => 0f) }
            : layer);

    /// <summary>The model with the biases of another added to its own, as float32.</summary>
    /// <param name="model">A model that came from <see cref="Of"/>; what it added to its biases, such as zero points, stays.</param>
    /// <param name="source">The model that has the biases.</param>
    public static Model WithBiases(Model model, Model source) => model.WithLayers(layer =>
        layer is QuantizedWeightedLayer { UseBias: true } weighted && source.Find(layer.Name)?.Layer is QuantizedWeightedLayer { } other
            ? weighted with { Bias = Sum(other.Bias, weighted.Bias) }
            : layer);

    private static NdArray<float> Sum(NdArray<float> bias, NdArray<float> added)
    {
        float[] values = new float[bias.Values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = added.Values[i] == 0 ? bias.Values[i] : bias.Values[i] + added.Values[i];
        }

        return bias with { Values = values };
    }
}

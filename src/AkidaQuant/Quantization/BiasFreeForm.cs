using AkidaQuant.Layers;

namespace AkidaQuant.Quantization;

/// <summary>
/// A quantized model whose biases and bounds are 0. Whatever a plan says of shapes, fractional bits and scales does not depend on them,
/// but one that no accumulator holds would keep the plan from being made.
/// </summary>
internal static class BiasFreeForm
{
    /// <summary>The model with biases and bounds of 0.</summary>
    public static Model Of(Model model) => model.WithLayers(layer => layer switch
    {
        QuantizedWeightedLayer { UseBias: true } weighted => weighted with { Bias = weighted.Bias.Map(_ => 0f) },
        QuantizedReLU { MaxValue: not null } relu => relu with { MaxValue = 0f },
        _ => layer,
    });

    /// <summary>The model with the biases of another added to its own, as float32, and its bounds.</summary>
    /// <param name="model">A model that came from <see cref="Of"/>; what it added to its biases, such as zero points, stays.</param>
    /// <param name="source">The model that has the biases.</param>
    public static Model WithBiases(Model model, Model source) => model.WithLayers(layer => (layer, source.NodeOf(layer.Name).Layer) switch
    {
        (QuantizedWeightedLayer { UseBias: true } weighted, QuantizedWeightedLayer other) =>
            weighted with { Bias = Sum(other.Bias, weighted.Bias) },
        (QuantizedReLU relu, QuantizedReLU other) => relu with { MaxValue = other.MaxValue },
        _ => layer,
    });

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

using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Numerics;

namespace AkidaQuant.Quantization;

/// <summary>
/// Multiplies channels between kernels by powers of two: kernels and biases that make them by the power, kernels that take them by
/// its inverse. The network computes the same to the last bit, as no number becomes too small or too large for float32.
/// </summary>
/// <param name="exponents">The exponent of each channel of what a layer of that name gives.</param>
internal sealed class PowerScaling(Func<string, int[]> exponents)
{
    /// <summary>Layers share what goes in and out, and two models share all of it.</summary>
    private readonly Dictionary<string, int[]> _exponents = new(StringComparer.Ordinal);

    /// <summary>The model, float or quantized and not calibrated, with its channels scaled.</summary>
    public Model Apply(Model model)
    {
        Dictionary<string, Layer> layers = new(StringComparer.Ordinal);
        foreach (Node node in model.Nodes)
        {
            layers[node.Name] = node.Layer switch
            {
                WeightedLayer weighted => Scale(weighted, node),
                QuantizedWeightedLayer weighted => Scale(weighted, node),
                ReLU { MaxValue: { } most } relu => relu with { MaxValue = most * Factor(node) },
                QuantizedReLU { MaxValue: { } most } relu => relu with { MaxValue = most * Factor(node) },
                _ => node.Layer,
            };
        }

        // What is known of the ranges is not of the scaled channels.
        return model.WithLayers(layer => layers[layer.Name]).WithRanges(new Dictionary<string, TensorRange>());
    }

    private int[] Exponents(string layer)
    {
        if (!_exponents.TryGetValue(layer, out int[]? known))
        {
            known = exponents(layer);
            _exponents.Add(layer, known);
        }

        return known;
    }

    private float Factor(Node node) => Rounding.Pow2(Exponents(node.Name)[0]);

    private WeightedLayer Scale(WeightedLayer layer, Node node)
    {
        int[] inputs = Exponents(node.Inputs[0]);
        int[] outputs = Exponents(node.Name);
        if (Array.Exists(inputs, exponent => exponent != 0))
        {
            float[] rates = Array.ConvertAll(inputs, Rounding.Pow2);
            layer = (WeightedLayer)layer.DivideInputs(
                layer.Equalization == Equalization.AbsorbsOneRate
                    ? ScalarOrVector<float>.Scalar(rates[0])
                    : ScalarOrVector<float>.Vector(rates));
        }

        if (!Array.Exists(outputs, exponent => exponent != 0))
        {
            return layer;
        }

        float[] factors = Array.ConvertAll(outputs, Rounding.Pow2);
        layer = layer.ScaleOutputs(factors);
        return layer.UseBias ? layer with { Bias = Product(layer.Bias, factors) } : layer;
    }

    private Layer Scale(QuantizedWeightedLayer layer, Node node)
    {
        var floating = (WeightedLayer)layer.ToFloat();
        WeightedLayer scaled = Scale(floating, node);
        return ReferenceEquals(scaled, floating)
            ? layer
            : layer.WithVariables(
                [.. scaled.Variables.Concat(layer.Variables.Skip(scaled.Variables.Count)).Select(variable => variable.Value)]);
    }

    private static NdArray<float> Product(NdArray<float> bias, float[] factors)
    {
        float[] values = new float[factors.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = bias.Values[i] * factors[i];
        }

        return bias with { Values = values };
    }
}

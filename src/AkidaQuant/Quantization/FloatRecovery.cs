using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Quantization;

/// <summary>
/// Gets back the float network that a quantized one came from, within float rounding: takes equalization and the
/// zero point of the inputs out of the weights, with the rates and ranges that the model holds (quantize.md 12).
/// </summary>
internal static class FloatRecovery
{
    /// <summary>Refuses models that no float network is known for, because a quantized ONNX file gave their integers.</summary>
    /// <exception cref="QuantException"><c>FloatSourceMissing</c>.</exception>
    public static void RequireFloatForms(Model model)
    {
        if (model.GraphLayers.OfType<IntegerLayer>().FirstOrDefault() is { } layer)
        {
            throw layer.FloatFormMissing;
        }
    }

    /// <summary>The rewritten float model.</summary>
    /// <exception cref="QuantException">
    /// <c>FloatSourceMissing</c>: the model holds only integers; or a rate or a zero point went into a layer that it does not have.
    /// </exception>
    public static Model Recover(Model model)
    {
        RequireFloatForms(model);
        Dictionary<string, Layer> layers = model.GraphLayers.ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        RescalingDomains domains = model.Domains;
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            switch (node.Layer)
            {
                case InputQuantizer input:
                    TakeOutZeroPoint(model, node, input, layers);
                    editor.Remove(node.Name);
                    break;
                case Dequantizer:
                    editor.Remove(node.Name);
                    break;
                default:
                    TakeOutFactors(domains.OfInput(node), node, layers);
                    break;
            }
        }

        foreach (Layer layer in layers.Values)
        {
            if (layer is QuantizedLayer quantized)
            {
                editor.Replace(WithImpliedBorder(quantized.ToFloat()) with { StoredArguments = quantized.StoredArguments });
            }
            else if (layer is not (InputQuantizer or Dequantizer))
            {
                editor.Replace(layer);
            }
        }

        return editor.Build();
    }

    private static void TakeOutZeroPoint(Model model, Node node, InputQuantizer quantizer, Dictionary<string, Layer> layers)
    {
        if (RangeApplication.ZeroPoint(model, node, quantizer) is var (target, offset))
        {
            layers[target.Name] = RangeApplication.FoldZeroPoint(layers[target.Name], Array.ConvertAll(offset, value => -value));
        }
    }

    private static void TakeOutFactors(ScalarOrVector<float> factors, Node node, Dictionary<string, Layer> layers)
    {
        if (RescalingDomains.IsOne(factors))
        {
            return;
        }

        layers[node.Name] = layers[node.Name] switch
        {
            { Equalization: Equalization.Absorbs or Equalization.AbsorbsOneRate } layer =>
                layer.DivideInputs(factors.Map(factor => 1f / factor)),
            QuantizedReLU { MaxValue: { } most } rectifier => rectifier with { MaxValue = most / factors[0] },
            Layer layer => layer,
        };
    }

    /// <summary>A border of zeros is what padding implies; it was only spelled out for the zero point (quantize.md 7).</summary>
    private static Layer WithImpliedBorder(Layer layer) =>
        layer is PaddedConv2D { PaddingValue: { } border } padded && border.All(value => value == 0f)
            ? new Conv2D
            {
                Name = padded.Name,
                Filters = padded.Filters,
                Window = padded.Window.Padding == Padding.Valid ? padded.Window with { Padding = Padding.Same } : padded.Window,
                Kernel = padded.Kernel,
                UseBias = padded.UseBias,
                Bias = padded.Bias,
            }
            : layer;
}

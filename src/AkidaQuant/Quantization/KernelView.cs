using AkidaQuant.Layers;

namespace AkidaQuant.Quantization;

/// <summary>The kernel of a quantized layer whose scales its outputs have, with the place of each of its weights.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Quantizer">The key of the kernel's settings.</param>
/// <param name="Kernel">The float weights, equalization included.</param>
/// <param name="Position">The position among the stored arrays of the layer.</param>
internal sealed record KernelView(QuantizedWeightedLayer Layer, string Quantizer, NdArray<float> Kernel, int Position)
{
    /// <summary>The kernel of a layer: of a separable one the pointwise kernel.</summary>
    public static KernelView Of(QuantizedWeightedLayer layer)
    {
        int position = layer is QuantizedSeparableConv2D ? 1 : 0;
        string quantizer = layer is QuantizedSeparableConv2D ? "pw_weight_quantizer" : "weight_quantizer";
        return new KernelView(layer, quantizer, layer.Variables[position].Value, position);
    }

    /// <summary>How its weights, those of a diagonal alone where only these are held, follow each other.</summary>
    public WeightRows Rows => (Layer, Kernel) switch
    {
        (_, { Diagonal: { } diagonal }) => new WeightRows(diagonal.Length, TakeAllInputs: true, GiveAllOutputs: true),
        (QuantizedDepthwiseBufferTempConv, _) => new WeightRows(Kernel.Shape[^1], TakeAllInputs: true, GiveAllOutputs: true),
        (QuantizedDepthwiseConv2D or QuantizedDepthwiseConv2DTranspose, _) =>
            new WeightRows(Kernel.Shape[^2], TakeAllInputs: true, GiveAllOutputs: true),
        (QuantizedConv2DTranspose, _) => new WeightRows(Kernel.Shape[^1], TakeAllInputs: true, GiveAllOutputs: false),
        _ => new WeightRows(Kernel.Shape[^1], TakeAllInputs: false, GiveAllOutputs: true),
    };

    /// <summary>The input and the output channel that a weight connects.</summary>
    public (int Input, int Output) Place(int index)
    {
        Shape shape = Kernel.Shape;
        switch (Layer)
        {
            case QuantizedDepthwiseBufferTempConv:
                return (index % shape[^1], index % shape[^1]);
            case QuantizedDepthwiseConv2D or QuantizedDepthwiseConv2DTranspose:
                int channel = index % shape[^2];
                return (channel, channel);
            case QuantizedBufferTempConv temporal:
                return (index / shape[^1] % (shape[^2] / temporal.KernelSize), index % shape[^1]);
            case QuantizedConv2DTranspose:
                return (index % shape[^1], index / shape[^1] % shape[^2]);
            default:
                return (index / shape[^1] % shape[^2], index % shape[^1]);
        }
    }

    /// <summary>The layer with other weights.</summary>
    public QuantizedWeightedLayer With(float[] weights) => (QuantizedWeightedLayer)Layer.WithVariables(
        [.. Layer.Variables.Select((variable, i) => i == Position ? Kernel with { Values = weights } : variable.Value)]);
}

/// <summary>How the weights of a kernel follow each other.</summary>
/// <param name="Length">So many weights are a row.</param>
/// <param name="TakeAllInputs">Whether those of a row take all input channels in order, else one of them.</param>
/// <param name="GiveAllOutputs">Whether those of a row belong to all output channels in order, else to one of them.</param>
internal readonly record struct WeightRows(int Length, bool TakeAllInputs, bool GiveAllOutputs);

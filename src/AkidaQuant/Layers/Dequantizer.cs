using AkidaQuant.Kernels;

namespace AkidaQuant.Layers;

/// <summary>Turns integers into the real values they stand for (numerics.md 6.2); float passes unchanged.</summary>
[LayerClass("Custom>Dequantizer", Module = "quantizeml.layers.quantizer_layers")]
public sealed record Dequantizer : Layer
{
    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Passes;

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Dequantizer Read(LayerArguments arguments) => new() { Name = arguments.Name };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        if (inputs[0] is not QuantizedSpec input)
        {
            return PreparedLayer.View(inputs[0]);
        }

        int channels = input.Shape.Channels;
        PreparedLayer prepared = new(new FloatSpec(input.Shape), () =>
        {
            Dequantization kernel = new(channels, input.FracBits.Expand(channels), input.Scales?.Expand(channels));
            return (tensors, output, batch) => kernel.Run((IntegerData)tensors[0], ((FloatData)output).Values(batch), batch);
        });
        prepared.Recorded.Add("frac_bits", input.FracBits.ToArray());
        if (input.Scales is { } scales)
        {
            prepared.Recorded.Add("scales", scales.ToArray());
        }

        return prepared;
    }
}

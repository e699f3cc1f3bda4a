using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Layers;

/// <summary>Turns integers into the real values they stand for (numerics.md 6.2); float passes unchanged.</summary>
[LayerClass("Custom>Dequantizer", Module = "quantizeml.layers.quantizer_layers")]
public sealed record Dequantizer : Layer
{
    /// <summary>
    /// The real value of one integer step, one or one a channel, where a file gives it with this layer (onnx.md 8); null
    /// for what the input says.
    /// </summary>
    public ScalarOrVector<float>? Scales { get; init; }

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
        if (Scales is { } given)
        {
            input = input with { Scales = given };
        }

        PreparedLayer prepared = PreparedLayer.Divided(new FloatSpec(input.Shape), () =>
        {
            Dequantization kernel = new(channels, input.FracBits.Expand(channels), input.Scales?.Expand(channels));
            return (tensors, output, batch, share) =>
                kernel.Run((IntegerData)tensors[0], ((FloatData)output).Values(batch), batch, share);
        });
        prepared.Recorded.Add("frac_bits", input.FracBits.ToArray());
        if (input.Scales is { } scales)
        {
            prepared.Recorded.Add("scales", scales.ToArray());
        }

        return prepared;
    }
}

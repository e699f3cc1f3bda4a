using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>A transposed convolution of every channel by itself (onnx.md 7.4).</summary>
internal sealed class QuantizedDepthwise2DTransposeOperator : QuantizedOperator
{
    /// <inheritdoc/>
    protected override string Base => "QuantizedDepthwise2DTranspose";

    /// <inheritdoc/>
    protected override QuantizedParts Allowed => QuantizedConv2DTransposeOperator.Parts;

    /// <inheritdoc/>
    protected override IEnumerable<string> Inputs(QuantizedParts parts) => ["X", "W", .. TailInputs(parts)];

    /// <inheritdoc/>
    protected override IEnumerable<string> Operators(QuantizedParts parts) => ["ConvTranspose", .. QuantizedFunction.Tail(parts)];

    /// <inheritdoc/>
    protected override void Import(QuantizedNode node)
    {
        NdArray<sbyte> kernel = QuantizedDepthwise2DOperator.Kernel(node);
        int channels = kernel.Shape.Channels;
        node.Set(
            new IntegerDepthwiseConv2DTranspose
            {
                Name = node.LayerName,
                Step = node.Step(channels),
                Kernel = kernel,
                Strides = node.Pair("strides"),
                Crop = node.Edges("pads"),
                Tail = Tail(node, channels),
            },
            node.Image("X"));
    }
}

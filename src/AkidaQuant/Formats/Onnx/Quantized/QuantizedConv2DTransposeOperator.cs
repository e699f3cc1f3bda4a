using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>A transposed convolution (onnx.md 7.4).</summary>
internal sealed class QuantizedConv2DTransposeOperator : QuantizedOperator
{
    /// <summary>What both transposed convolutions can go on with.</summary>
    public const QuantizedParts Parts =
        QuantizedParts.Biased | QuantizedParts.ReLU | QuantizedParts.ReLUClipped | QuantizedParts.LUT | QuantizedParts.Scaled;

    /// <inheritdoc/>
    protected override string Base => "QuantizedConv2DTranspose";

    /// <inheritdoc/>
    protected override QuantizedParts Allowed => Parts;

    /// <inheritdoc/>
    protected override IEnumerable<string> Inputs(QuantizedParts parts) => ["X", "W", .. TailInputs(parts)];

    /// <inheritdoc/>
    protected override IEnumerable<string> Operators(QuantizedParts parts) => ["ConvTranspose", .. QuantizedFunction.Tail(parts)];

    /// <inheritdoc/>
    protected override void Import(QuantizedNode node)
    {
        (Shape shape, long[] weights) = node.Weights(rank: 4);
        node.Set(
            new IntegerConv2DTranspose
            {
                Name = node.LayerName,
                Step = node.Step(shape[1]),
                Kernel = QuantizedKernel.Transpose(shape, weights, 2, 3, 0, 1),
                Strides = node.Pair("strides"),
                Crop = node.Edges("pads"),
                Tail = Tail(node, shape[1]),
            },
            node.Image("X"));
    }
}

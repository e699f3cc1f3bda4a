using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>A convolution of signed bytes (onnx.md 7.2).</summary>
internal sealed class QuantizedConv2DOperator : QuantizedOperator
{
    /// <inheritdoc/>
    protected override string Base => "QuantizedConv2D";

    /// <inheritdoc/>
    protected override QuantizedParts Allowed => ConvolutionParts;

    /// <inheritdoc/>
    protected override IEnumerable<string> Inputs(QuantizedParts parts) => ["X", "W", .. TailInputs(parts, hasPads: true)];

    /// <inheritdoc/>
    protected override IEnumerable<string> Operators(QuantizedParts parts) => ["Pad", "Conv", .. QuantizedFunction.Tail(parts)];

    /// <inheritdoc/>
    protected override void Import(QuantizedNode node)
    {
        (Shape shape, long[] weights) = node.Weights(rank: 4);
        node.Set(
            new IntegerConv2D
            {
                Name = node.LayerName,
                Step = node.Step(shape[0]),
                Kernel = QuantizedKernel.Transpose(shape, weights, 2, 3, 1, 0),
                Window = node.Window((shape[2], shape[3])),
                Tail = Tail(node, shape[0]),
            },
            node.Image("X"));
    }
}

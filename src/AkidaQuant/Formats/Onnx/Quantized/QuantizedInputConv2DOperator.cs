using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>The convolution of unsigned bytes that image networks begin with (onnx.md 7.2).</summary>
internal sealed class QuantizedInputConv2DOperator : QuantizedOperator
{
    /// <inheritdoc/>
    protected override string Base => "QuantizedInputConv2D";

    /// <inheritdoc/>
    protected override QuantizedParts Allowed => ConvolutionParts;

    /// <inheritdoc/>
    protected override IEnumerable<string> Inputs(QuantizedParts parts) => ["X", "x_pad_value", "W", .. TailInputs(parts, hasPads: true)];

    /// <inheritdoc/>
    protected override IEnumerable<string> Operators(QuantizedParts parts) =>
        ["Unsqueeze", "Sub", "Pad", "Add", "Conv", .. QuantizedFunction.Tail(parts)];

    /// <inheritdoc/>
    protected override void Import(QuantizedNode node)
    {
        (Shape shape, long[] weights) = node.Weights(rank: 4);
        node.Set(
            new IntegerInputConv2D
            {
                Name = node.LayerName,
                Step = node.Step(shape[0]),
                Kernel = QuantizedKernel.Transpose(shape, weights, 2, 3, 1, 0),
                Window = node.Window((shape[2], shape[3])),
                PaddingValues = node.PerChannel("x_pad_value", OnnxElementType.Int32, shape[1]),
                Tail = Tail(node, shape[0]),
            },
            node.Image("X"));
    }
}

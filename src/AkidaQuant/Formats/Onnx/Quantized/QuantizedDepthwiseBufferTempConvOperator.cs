using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>A convolution over time of every channel by itself (onnx.md 7.8).</summary>
internal sealed class QuantizedDepthwiseBufferTempConvOperator : QuantizedOperator
{
    /// <inheritdoc/>
    protected override string Base => "QuantizedDepthwiseBufferTempConv";

    /// <inheritdoc/>
    protected override QuantizedParts Allowed => QuantizedBufferTempConvOperator.Parts;

    /// <inheritdoc/>
    protected override IEnumerable<string> Inputs(QuantizedParts parts) => ["X", "W", .. TailInputs(parts)];

    /// <inheritdoc/>
    protected override IEnumerable<string>? Operators(QuantizedParts parts) => null;

    /// <inheritdoc/>
    protected override void Import(QuantizedNode node)
    {
        int frames = node.Count("fifo_size");
        (Shape shape, long[] weights) = node.Weights(rank: 4);
        if (shape[1] != frames || shape[2] != 1 || shape[3] != 1)
        {
            throw node.Invalid($"its weights have the shape {shape}, and {frames} frames at one position are needed");
        }

        node.Set(
            new IntegerDepthwiseBufferTempConv
            {
                Name = node.LayerName,
                Step = node.Step(shape[0]),
                Kernel = QuantizedKernel.Transpose(new Shape(shape[0], frames), weights, 1, 0),
                Tail = Tail(node, shape[0]),
            },
            node.Image("X"));
    }
}

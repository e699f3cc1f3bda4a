using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>A convolution over time (onnx.md 7.8).</summary>
internal sealed class QuantizedBufferTempConvOperator : QuantizedOperator
{
    /// <summary>What both convolutions over time can go on with.</summary>
    public const QuantizedParts Parts = QuantizedParts.Biased | QuantizedParts.ReLU | QuantizedParts.Scaled;

    /// <inheritdoc/>
    protected override string Base => "QuantizedBufferTempConv";

    /// <inheritdoc/>
    protected override QuantizedParts Allowed => Parts;

    /// <inheritdoc/>
    protected override IEnumerable<string> Inputs(QuantizedParts parts) => ["X", "W", .. TailInputs(parts)];

    /// <inheritdoc/>
    protected override IEnumerable<string>? Operators(QuantizedParts parts) => null;

    /// <inheritdoc/>
    protected override void Import(QuantizedNode node)
    {
        int frames = node.Count("fifo_size");
        OnnxActivation input = node.Image("X");
        int channels = input.Stored.Channels;
        (Shape shape, long[] weights) = node.Weights(rank: 4);
        if (shape[1] != (long)frames * channels || shape[2] != 1 || shape[3] != 1)
        {
            throw node.Invalid(
                $"its weights have the shape {shape}, and {frames} frames of {channels} channels at one position are needed");
        }

        node.Set(
            new IntegerBufferTempConv
            {
                Name = node.LayerName,
                Step = node.Step(shape[0]),
                Kernel = QuantizedKernel.Transpose(new Shape(shape[0], channels, frames), weights, 2, 1, 0),
                Tail = Tail(node, shape[0]),
            },
            input);
    }
}

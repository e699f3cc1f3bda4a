using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>A convolution of every channel by itself (onnx.md 7.3).</summary>
internal sealed class QuantizedDepthwise2DOperator : QuantizedOperator
{
    /// <inheritdoc/>
    protected override string Base => "QuantizedDepthwise2D";

    /// <inheritdoc/>
    protected override QuantizedParts Allowed => ConvolutionParts;

    /// <summary>The weights of a depthwise node, of shape (channels, 1, rows, columns), as (rows, columns, channels).</summary>
    public static NdArray<sbyte> Kernel(QuantizedNode node)
    {
        (Shape shape, long[] weights) = node.Weights(rank: 4);
        return shape[1] == 1 && node.Count("groups") == shape[0]
            ? QuantizedKernel.Transpose(new Shape(shape[0], shape[2], shape[3]), weights, 1, 2, 0)
            : throw node.Invalid(
                $"its weights have the shape {shape} and its groups are {node.Count("groups")}, and one channel a group is needed");
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> Inputs(QuantizedParts parts) => ["X", "W", .. TailInputs(parts, hasPads: true)];

    /// <inheritdoc/>
    protected override IEnumerable<string> Operators(QuantizedParts parts) => ["Pad", "Conv", .. QuantizedFunction.Tail(parts)];

    /// <inheritdoc/>
    protected override void Import(QuantizedNode node)
    {
        NdArray<sbyte> kernel = Kernel(node);
        int channels = kernel.Shape.Channels;
        node.Set(
            new IntegerDepthwiseConv2D
            {
                Name = node.LayerName,
                Step = node.Step(channels),
                Kernel = kernel,
                Window = node.Window((kernel.Shape[0], kernel.Shape[1])),
                Tail = Tail(node, channels),
            },
            node.Image("X"));
    }
}

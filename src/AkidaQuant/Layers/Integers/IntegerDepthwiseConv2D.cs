using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Layers.Integers;

/// <summary>
/// A convolution of every channel of signed bytes by itself, with given integers, padded with 0 (onnx.md 7.3 and 8). The
/// kernel has the shape (rows, columns, channels).
/// </summary>
public sealed record IntegerDepthwiseConv2D : IntegerSpatialLayer
{
    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec input = SignedBytes(inputs);
        ConvolutionGeometry geometry = Geometry(input.Shape, Kernel.Shape[2], Kernel.Shape[2]);
        IntegerDepthwiseConvolution convolution = new(geometry, Weights.Values, null, input.Range, IntegerTail.SumBits);
        LinearPart linear = LinearPart.Over(geometry.ChannelProducts, convolution.Run);
        return Tail.Prepare(this, geometry.OutputShape, convolution.OutputRange, linear);
    }
}

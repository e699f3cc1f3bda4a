using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Layers.Integers;

/// <summary>
/// A two-dimensional convolution of signed bytes with given integers, padded with 0 (onnx.md 7.2 and 8). The kernel has the
/// shape (rows, columns, channels, filters).
/// </summary>
public sealed record IntegerConv2D : IntegerSpatialLayer
{
    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec input = SignedBytes(inputs);
        ConvolutionGeometry geometry = Geometry(input.Shape, Kernel.Shape[2], Kernel.Shape[3]);
        IntegerConvolution convolution = new(geometry, Weights, null, input.Range, IntegerTail.SumBits);
        return Tail.Prepare(this, geometry.OutputShape, convolution.OutputRange, LinearPart.Over(geometry.Products, convolution.Run));
    }
}

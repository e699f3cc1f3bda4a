using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Layers.Integers;

/// <summary>
/// The first convolution of an image network: over unsigned bytes, padded with a value for each channel, and with the
/// zero points of the input taken off by its bias (onnx.md 7.2 and 8). The kernel has the shape (rows, columns, channels,
/// filters).
/// </summary>
public sealed record IntegerInputConv2D : IntegerSpatialLayer
{
    /// <summary>What stands outside the image, one value for each input channel.</summary>
    public required int[] PaddingValues { get; init; }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec input = UnsignedBytes(inputs);
        ConvolutionGeometry geometry = Geometry(input.Shape, Kernel.Shape[2], Kernel.Shape[3]);
        IntegerConvolution convolution = new(geometry, Weights, null, input.Range, IntegerTail.SumBits, PaddingValues);
        return Tail.Prepare(this, geometry.OutputShape, convolution.OutputRange, LinearPart.Over(geometry.Products, convolution.Run));
    }
}

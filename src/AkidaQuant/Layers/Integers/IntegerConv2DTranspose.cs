using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Layers.Integers;

/// <summary>
/// A transposed convolution of signed bytes with given integers (onnx.md 7.4 and 8). The kernel has the shape (rows,
/// columns, channels, filters).
/// </summary>
public sealed record IntegerConv2DTranspose : IntegerTransposedLayer
{
    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec input = SignedBytes(inputs);
        ConvolutionGeometry forward = Forward(input.Shape, Kernel.Shape[2], Kernel.Shape[3]);
        IntegerTransposedConvolution convolution = new(forward, Weights.Values, null, input.Range, IntegerTail.SumBits);
        return Tail.Prepare(this, forward.InputShape, convolution.OutputRange, LinearPart.Over(forward.Products, convolution.Run));
    }
}

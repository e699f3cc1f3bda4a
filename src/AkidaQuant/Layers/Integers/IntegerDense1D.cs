using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Layers.Integers;

/// <summary>
/// The product of all signed bytes of a sample, in the order of memory (rows, columns, channels), with given integers
/// (onnx.md 7.5 and 8). The kernel has the shape (inputs, units).
/// </summary>
public sealed record IntegerDense1D : IntegerWeightedLayer
{
    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec input = SignedBytes(inputs);
        (int count, int units) = (Kernel.Shape[0], Kernel.Shape[1]);
        if (input.Shape.Size != count)
        {
            throw DoesNotFit($"its weights are for {count} inputs, but its input {input.Shape} has {input.Shape.Size}.");
        }

        IntegerDense product = new(count, units, Weights, null, input.Range, IntegerTail.SumBits);
        return Tail.Prepare(this, new Shape(units), product.OutputRange, LinearPart.Over((long)count * units, product.Run));
    }
}

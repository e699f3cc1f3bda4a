using AkidaQuant.Execution;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Layers.Integers;

/// <summary>Two images of signed bytes joined along their channels, each keeping its steps (onnx.md 7.7).</summary>
public sealed record IntegerConcatenate : IntegerLayer
{
    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        (QuantizedSpec left, QuantizedSpec right) = (SignedBytes(inputs), SignedBytes(inputs, 1));
        ExpectImage(left.Shape, left.Shape.Channels);
        if (right.Shape.Rank != 3 || left.Shape.WithChannels(1) != right.Shape.WithChannels(1))
        {
            throw DoesNotFit($"its inputs are {left.Shape} and {right.Shape}, but must have the same rows and columns.");
        }

        Shape shape = left.Shape.WithChannels(left.Shape.Channels + right.Shape.Channels);
        ValueRange range = new(Math.Min(left.Range.Min, right.Range.Min), Math.Max(left.Range.Max, right.Range.Max));
        return new PreparedLayer(new QuantizedSpec(shape, left.ValueBits, ScalarOrVector<int>.Scalar(0), Step, range), () =>
        {
            Concatenation concatenation = new(left.Shape.Channels, right.Shape.Channels);
            return (tensors, output, batch) => concatenation.Run(tensors, (IntegerData)output, batch);
        });
    }
}

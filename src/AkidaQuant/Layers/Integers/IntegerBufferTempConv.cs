using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Layers.Integers;

/// <summary>
/// A convolution over time with given integers: a 1x1 convolution of the last frames of signed bytes, the oldest first,
/// zeros before the first (onnx.md 7.8). The kernel has the shape (frames, channels, filters). Every layer has a queue of
/// its own, where the reference lets layers with the same input push each frame twice into one.
/// </summary>
public sealed record IntegerBufferTempConv : IntegerWeightedLayer
{
    /// <inheritdoc/>
    public override bool IsStateful => true;

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec frame = SignedBytes(inputs);
        (int count, int channels, int filters) = (Kernel.Shape[0], Kernel.Shape[1], Kernel.Shape[2]);
        ExpectImage(frame.Shape, channels);
        FrameWindow window = FrameQueue.Over(this, frame, count);
        IntegerDense product = new(count * channels, filters, Weights, null, window.Queue.Range, IntegerTail.SumBits);
        return Tail.Prepare(
            this,
            frame.Shape.WithChannels(filters),
            product.OutputRange,
            window.Linear(product.Run),
            [window.Queue]);
    }
}

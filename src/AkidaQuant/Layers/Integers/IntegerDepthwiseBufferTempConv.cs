using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Layers.Integers;

/// <summary>
/// A convolution over time of every channel by itself with given integers: the weighted sum of the last frames of signed
/// bytes, the oldest first, zeros before the first (onnx.md 7.8). The kernel has the shape (frames, channels).
/// </summary>
public sealed record IntegerDepthwiseBufferTempConv : IntegerWeightedLayer
{
    /// <inheritdoc/>
    public override bool IsStateful => true;

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec frame = SignedBytes(inputs);
        (int count, int channels) = (Kernel.Shape[0], Kernel.Shape[1]);
        ExpectImage(frame.Shape, channels);
        FrameWindow window = FrameQueue.Over(this, frame, count);
        IntegerDepthwiseConvolution sum = new(
            FrameWindow.PerChannel(window.Queue.Shape), Weights.Values, null, window.Queue.Range, IntegerTail.SumBits);
        return Tail.Prepare(
            this,
            frame.Shape,
            sum.OutputRange,
            window.Linear(sum.Run),
            [window.Queue]);
    }
}

using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Storage;

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
        QuantizedSpec frames = FrameQueue.Over(this, frame, count);
        ConvolutionGeometry geometry = ConvolutionGeometry.Create(
            new Shape(frame.Shape[0] * frame.Shape[1], count, channels), (1, count), (1, 1), (1, 1), Padding.Valid, channels);
        IntegerDepthwiseConvolution sum = new(geometry, Weights, null, frames.Range, IntegerTail.SumBits);
        FrameFifo fifo = new(count, channels);
        return Tail.Prepare(
            this,
            frame.Shape,
            sum.OutputRange,
            (tensors, sums, batch) =>
            {
                var queue = (IntegerData)tensors[1];
                fifo.Push(queue, (IntegerData)tensors[0], batch);
                sum.Run(queue, sums, batch);
            },
            [frames]);
    }
}

using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// A convolution over time of every channel with its own weights, of shape (1, 1, T, C): the frame joins a queue of the
/// last ones, which is shifted left by <c>input_shift</c>, weighted and summed, the oldest frame first (akida-model.md
/// 1.4, convert.md 4.9 and 6.2).
/// </summary>
public sealed record AkidaDepthwiseBufferTempConv : AkidaFrameLayer
{
    /// <inheritdoc/>
    public override string TypeName => "DepthwiseBufferTempConv";

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object>> Parameters => [.. FrameParameters];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        TensorSpec frame = inputs[0];
        QuantizedSpec queue = Queue(frame);
        int channels = frame.Shape.Channels;
        ConvolutionGeometry geometry = ConvolutionGeometry.Create(
            new Shape(frame.Shape[0] * frame.Shape[1], FifoSize, channels), (1, FifoSize), (1, 1), (1, 1), Padding.Valid, channels);
        IntegerDepthwiseConvolution sum = new(
            geometry, Weights("weights", 1, 1, FifoSize, channels), InputShift("input_shift", channels), queue.Range, BufferBits - 1);
        FrameFifo fifo = new(FifoSize, channels);
        return Finish(
            frame.Shape,
            sum.OutputRange,
            (tensors, sums, batch) =>
            {
                var frames = (IntegerData)tensors[1];
                fifo.Push(frames, (IntegerData)tensors[0], batch);
                sum.Run(frames, sums, batch);
            },
            (long)frame.Shape.Size * FifoSize,
            [queue]);
    }
}

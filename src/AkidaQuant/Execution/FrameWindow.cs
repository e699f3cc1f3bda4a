using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Execution;

/// <summary>
/// The last frames of a stream as layers over time see them, whatever their dialect: a queue that each frame joins, then a
/// product over the whole queue (layers.md 9.1, convert.md 6.2).
/// </summary>
internal sealed class FrameWindow
{
    private readonly int _frames;

    /// <summary>A window over frames of integers.</summary>
    /// <param name="frame">A frame: height, width and channels.</param>
    /// <param name="frames">The number of frames that are seen.</param>
    public FrameWindow(QuantizedSpec frame, int frames)
    {
        _frames = frames;
        Queue = frame with
        {
            Shape = QueueOver(frame.Shape, frames),
            Range = new ValueRange(Math.Min(frame.Range.Min, 0), Math.Max(frame.Range.Max, 0)),
        };
    }

    /// <summary>The frames side by side at each position, the oldest first; zeros before the first.</summary>
    public QuantizedSpec Queue { get; }

    /// <summary>The shape of a queue: (height, width, frames, channels).</summary>
    public static Shape QueueOver(Shape frame, int frames) => new(frame[0], frame[1], frames, frame[2]);

    /// <summary>The weighted sum of each channel over the frames, as a depthwise convolution: positions are rows, frames columns.</summary>
    /// <param name="queue">The shape of a queue.</param>
    public static ConvolutionGeometry PerChannel(Shape queue) => ConvolutionGeometry.Create(
        new Shape(queue[0] * queue[1], queue[2], queue[3]), (1, queue[2]), (1, 1), (1, 1), Padding.Valid, queue[3]);

    /// <summary>The linear part of a layer: the frame joins the queue, which is its state, and the queue is multiplied.</summary>
    /// <param name="product">Reads the queue, fills the sums, for a number of streams.</param>
    public LinearPart Linear(LinearPart.InputKernel product)
    {
        FrameFifo fifo = new(_frames, Queue.Shape.Channels);
        return LinearPart.Whole((tensors, sums, batch) =>
        {
            var queue = (IntegerData)tensors[1];
            fifo.Push(queue, (IntegerData)tensors[0], batch);
            product(queue, sums, batch, default, null);
        });
    }
}

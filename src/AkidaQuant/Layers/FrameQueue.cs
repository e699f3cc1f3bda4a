using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>What the temporal convolutions share: the tensor in which they remember frames (layers.md 9.1).</summary>
internal static class FrameQueue
{
    /// <summary>The queue of a layer over frames of floats.</summary>
    /// <exception cref="QuantException">The input is not an image.</exception>
    public static FloatSpec Over(Layer layer, FloatSpec frame, int frames) => new(ShapeOver(layer, frame.Shape, frames));

    /// <summary>The window of a layer over frames of integers.</summary>
    /// <exception cref="QuantException">The input is not an image.</exception>
    public static FrameWindow Over(Layer layer, QuantizedSpec frame, int frames)
    {
        _ = ShapeOver(layer, frame.Shape, frames);
        return new FrameWindow(frame, frames);
    }

    /// <summary>The number of frames among the arguments.</summary>
    public static int Read(LayerArguments arguments) => arguments.Int("kernel_size") is > 0 and <= 4096 and var frames
        ? frames
        : throw arguments.Wrong("kernel_size", arguments["kernel_size"], "a positive integer");

    private static Shape ShapeOver(Layer layer, Shape frame, int frames) => frame.Rank == 3
        ? FrameWindow.QueueOver(frame, frames)
        : throw new QuantException(
            "LayerInputMismatch",
            QuantErrorKind.InvalidData,
            $"Layer '{layer.Name}' ({layer.ClassName}): its input must be a frame (height, width, channels), but it is {frame}.",
            layer.Name);
}

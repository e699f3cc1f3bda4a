namespace AkidaQuant.Layers;

/// <summary>What the temporal convolutions share: the tensor in which they remember frames (layers.md 9.1).</summary>
internal static class FrameQueue
{
    /// <summary>The queue of a layer over frames of floats.</summary>
    /// <exception cref="QuantException">The input is not an image.</exception>
    public static FloatSpec Over(Layer layer, FloatSpec frame, int frames) => new(ShapeOver(layer, frame.Shape, frames));

    /// <summary>The queue of a layer over frames of integers, which begins with zeros.</summary>
    /// <exception cref="QuantException">The input is not an image.</exception>
    public static QuantizedSpec Over(Layer layer, QuantizedSpec frame, int frames) => frame with
    {
        Shape = ShapeOver(layer, frame.Shape, frames),
        Range = new ValueRange(Math.Min(frame.Range.Min, 0), Math.Max(frame.Range.Max, 0)),
    };

    /// <summary>The number of frames among the arguments.</summary>
    public static int Read(LayerArguments arguments) => arguments.Int("kernel_size") is > 0 and <= 4096 and var frames
        ? frames
        : throw arguments.Wrong("kernel_size", arguments["kernel_size"], "a positive integer");

    private static Shape ShapeOver(Layer layer, Shape frame, int frames) => frame.Rank == 3
        ? new Shape(frame[0], frame[1], frames, frame[2])
        : throw new QuantException(
            "LayerInputMismatch",
            QuantErrorKind.InvalidData,
            $"Layer '{layer.Name}' ({layer.ClassName}): its input must be a frame (height, width, channels), but it is {frame}.",
            layer.Name);
}

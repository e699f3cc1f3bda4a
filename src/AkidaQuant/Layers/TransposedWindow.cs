using AkidaQuant.Geometry;

namespace AkidaQuant.Layers;

/// <summary>How the kernel of a transposed convolution moves over its output (layers.md 3).</summary>
public sealed record TransposedWindow
{
    /// <summary>The window of the convolution that is transposed.</summary>
    public required ConvolutionWindow Forward { get; init; }

    /// <summary>Rows and columns added to the least output size; null for the size that Keras chooses, or none with stated pads.</summary>
    public (int Height, int Width)? OutputPadding { get; init; }

    /// <summary>The kernel, the strides and the padding, and the padding of the output where it is given.</summary>
    public override string ToString() => OutputPadding is { } more ? $"{Forward}, output padding {more}" : Forward.ToString();

    /// <summary>The window of stored arguments.</summary>
    /// <exception cref="QuantException">The output padding is not smaller than the strides.</exception>
    public static TransposedWindow Read(LayerArguments arguments)
    {
        ConvolutionWindow forward = ConvolutionWindow.ReadConvolution(arguments);
        (int Height, int Width)? outputPadding = arguments["output_padding"] is null ? null : arguments.Pair("output_padding");
        return
            outputPadding is not { } more
            || (more.Height >= 0 && more.Width >= 0 && more.Height < forward.Strides.Height && more.Width < forward.Strides.Width)
            ? new TransposedWindow { Forward = forward, OutputPadding = outputPadding }
            : throw arguments.Wrong("output_padding", arguments["output_padding"], "smaller than the strides");
    }

    /// <summary>
    /// The convolution whose transposition computes the layer: its output is the layer's input, its input the
    /// layer's output.
    /// </summary>
    /// <param name="layer">The layer, for the message of an error.</param>
    /// <param name="input">Height, width and channels of the layer's input.</param>
    /// <param name="filters">Channels of the layer's output.</param>
    /// <exception cref="QuantException">The input is not an image, or no convolution gives it from an output of that size.</exception>
    public ConvolutionGeometry Over(Layer layer, Shape input, int filters)
    {
        if (input.Rank != 3)
        {
            throw Mismatch(layer, $"its input must have the shape (height, width, channels), but it has {input}.");
        }

        if (Forward.Padding == Padding.SameUpper)
        {
            throw Mismatch(layer, $"it has {Forward.PaddingText}, and transposed convolutions have 'same', 'valid' and stated pads only.");
        }

        Shape output = new(
            Length(
                input[0],
                Forward.KernelSize.Height,
                Forward.Strides.Height,
                Forward.Dilation.Height,
                Forward.Pads.Top + Forward.Pads.Bottom,
                OutputPadding?.Height),
            Length(
                input[1],
                Forward.KernelSize.Width,
                Forward.Strides.Width,
                Forward.Dilation.Width,
                Forward.Pads.Left + Forward.Pads.Right,
                OutputPadding?.Width),
            filters);
        if (output[0] == 0 || output[1] == 0)
        {
            throw Mismatch(layer, $"its output over an input of {input} is empty. Set its output_padding to null.");
        }

        ConvolutionGeometry forward = Forward.Over(layer, output, input.Channels);
        return (forward.OutputHeight, forward.OutputWidth) == (input[0], input[1])
            ? forward
            : throw Mismatch(
                layer,
                $"with {Forward.PaddingText} and this output_padding its output would be {output}, which no convolution with its kernel takes to its input {input}. Set its output_padding to null.");
    }

    /// <summary>Whether another window gives the same over an input: as many rows and columns, cropped alike.</summary>
    internal bool IsSameOver(Layer layer, Shape input, TransposedWindow other)
    {
        try
        {
            return Over(layer, input, input.Channels) == other.Over(layer, input, input.Channels);
        }
        catch (QuantException)
        {
            return false;
        }
    }

    private int Length(int size, int kernel, int stride, int dilation, int pads, int? more)
    {
        if (size == Shape.Unknown)
        {
            return Shape.Unknown;
        }

        int extent = ((kernel - 1) * dilation) + 1;
        return (Forward.Padding, more) switch
        {
            (Padding.Same, null) => size * stride,
            (Padding.Explicit, _) => Math.Max(((size - 1) * stride) + extent - pads + (more ?? 0), 0),
            (_, null) => (size * stride) + Math.Max(extent - stride, 0),
            (Padding.Same, int padding) => Math.Max(((size - 1) * stride) + extent - (2 * (extent / 2)) + padding, 0),
            (_, int padding) => ((size - 1) * stride) + extent + padding,
        };
    }

    private static QuantException Mismatch(Layer layer, string problem) => new(
        "LayerInputMismatch", QuantErrorKind.InvalidData, $"Layer '{layer.Name}' ({layer.ClassName}): {problem}", layer.Name);
}

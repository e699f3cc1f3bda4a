using AkidaQuant.Kernels;

namespace AkidaQuant.Layers;

/// <summary>How a convolution or pooling moves over an image (layers.md 3).</summary>
public sealed record ConvolutionWindow
{
    /// <summary>Rows and columns of the kernel.</summary>
    public required (int Height, int Width) KernelSize { get; init; }

    /// <summary>Steps between outputs.</summary>
    public (int Height, int Width) Strides { get; init; } = (1, 1);

    /// <summary>Steps between the taps of the kernel.</summary>
    public (int Height, int Width) Dilation { get; init; } = (1, 1);

    /// <summary>How the border is treated.</summary>
    public Padding Padding { get; init; } = Padding.Valid;

    /// <summary>The amounts of <see cref="Padding.Explicit"/>; the other paddings have their own.</summary>
    public EdgePads Pads { get; init; }

    /// <summary>The window of a convolution.</summary>
    public static ConvolutionWindow ReadConvolution(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        return new ConvolutionWindow
        {
            KernelSize = Positive(arguments, "kernel_size", arguments.Pair("kernel_size")),
            Strides = Positive(arguments, "strides", arguments.Pair("strides", 1)),
            Dilation = Positive(arguments, "dilation_rate", arguments.Pair("dilation_rate", 1)),
            Padding = arguments.Padding(),
        };
    }

    /// <summary>The window of a pooling, whose strides are its size unless given.</summary>
    public static ConvolutionWindow ReadPooling(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        (int Height, int Width) size = Positive(arguments, "pool_size", arguments.Pair("pool_size", 2));
        return new ConvolutionWindow
        {
            KernelSize = size,
            Strides = arguments["strides"] is null ? size : Positive(arguments, "strides", arguments.Pair("strides")),
            Padding = arguments.Padding(),
        };
    }

    /// <summary>The arguments of a convolution, in the order of Keras (tools.md 6.5).</summary>
    internal IEnumerable<KeyValuePair<string, object?>> ConvolutionArguments(int groups = 1) =>
    [
        new("kernel_size", LayerArguments.ListOf(KernelSize)),
        new("strides", LayerArguments.ListOf(Strides)),
        new("padding", PaddingName),
        LayerArguments.ChannelsLast,
        new("dilation_rate", LayerArguments.ListOf(Dilation)),
        new("groups", (long)groups),
    ];

    /// <summary>The arguments of a pooling, in the order of Keras (tools.md 6.5).</summary>
    internal IEnumerable<KeyValuePair<string, object?>> PoolingArguments() =>
    [
        new("pool_size", LayerArguments.ListOf(KernelSize)),
        new("padding", PaddingName),
        new("strides", LayerArguments.ListOf(Strides)),
        LayerArguments.ChannelsLast,
    ];

    private string PaddingName => Padding == Padding.Same ? "same" : "valid";

    /// <summary>The sizes over an input.</summary>
    /// <param name="layer">The layer, for the message of an error.</param>
    /// <param name="input">Height, width and channels.</param>
    /// <param name="outputChannels">Channels of the output.</param>
    /// <param name="hasPaddingValue">
    /// Whether the border gets a value of its own, which pads where the window does not say how: by the amounts of
    /// "same", as if there were no dilation (layers.md 3).
    /// </param>
    /// <exception cref="QuantException">The input is not an image, or the kernel does not fit into it.</exception>
    public ConvolutionGeometry Over(Layer layer, Shape input, int outputChannels, bool hasPaddingValue = false)
    {
        try
        {
            if (!hasPaddingValue || Padding is Padding.SameUpper or Padding.Explicit)
            {
                return ConvolutionGeometry.Create(input, KernelSize, Strides, Dilation, Padding, outputChannels, Pads);
            }

            ConvolutionGeometry same = ConvolutionGeometry.Create(input, KernelSize, Strides, (1, 1), Padding.Same, outputChannels);
            return same with
            {
                DilationHeight = Dilation.Height,
                DilationWidth = Dilation.Width,
                OutputHeight = PaddedOutput(input[0], KernelSize.Height, Strides.Height, Dilation.Height),
                OutputWidth = PaddedOutput(input[1], KernelSize.Width, Strides.Width, Dilation.Width),
            };
        }
        catch (ArgumentException error)
        {
            throw new QuantException(
                "LayerInputMismatch", QuantErrorKind.InvalidData, $"Layer '{layer.Name}' ({layer.ClassName}): {error.Message.Split(" (Parameter", 2)[0]}", layer.Name, error);
        }
    }

    private static int PaddedOutput(int size, int kernel, int stride, int dilation)
    {
        if (size == Shape.Unknown)
        {
            return Shape.Unknown;
        }

        int total = Math.Max(kernel - (size % stride == 0 ? stride : size % stride), 0);
        int extent = ((kernel - 1) * dilation) + 1;
        return size + total >= extent
            ? ((size + total - extent) / stride) + 1
            : throw new ArgumentException($"A kernel that spans {extent} does not fit into {size + total} with its padding.");
    }

    private static (int Height, int Width) Positive(LayerArguments arguments, string key, (int Height, int Width) pair) =>
        pair is { Height: > 0 and <= 4096, Width: > 0 and <= 4096 } ? pair : throw arguments.Wrong(key, arguments[key], "one or two positive integers");
}

using AkidaQuant.Geometry;

namespace AkidaQuant.Layers;

/// <summary>How a convolution or pooling moves over images in time: steps of time, rows and columns.</summary>
public sealed record VolumeWindow
{
    /// <summary>Steps, rows and columns of the kernel.</summary>
    public required (int Time, int Height, int Width) KernelSize { get; init; }

    /// <summary>Steps between outputs.</summary>
    public (int Time, int Height, int Width) Strides { get; init; } = (1, 1, 1);

    /// <summary>Steps between the taps of the kernel.</summary>
    public (int Time, int Height, int Width) Dilation { get; init; } = (1, 1, 1);

    /// <summary>How the border is treated.</summary>
    public Padding Padding { get; init; } = Padding.Valid;

    /// <summary>The window of the images of one step.</summary>
    public ConvolutionWindow Image => new()
    {
        KernelSize = (KernelSize.Height, KernelSize.Width),
        Strides = (Strides.Height, Strides.Width),
        Dilation = (Dilation.Height, Dilation.Width),
        Padding = Padding,
    };

    /// <summary>The kernel, the strides and the padding: <c>(3, 3, 3), strides (1, 1, 1), padding 'valid'</c>.</summary>
    public override string ToString() =>
        $"{KernelSize}, strides {Strides}{(Dilation == (1, 1, 1) ? string.Empty : $", dilation {Dilation}")}, {Image.PaddingText}";

    /// <summary>The window of a convolution.</summary>
    public static VolumeWindow ReadConvolution(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        return new VolumeWindow
        {
            KernelSize = Positive(arguments, "kernel_size", null),
            Strides = Positive(arguments, "strides", 1),
            Dilation = Positive(arguments, "dilation_rate", 1),
            Padding = arguments.Padding(),
        };
    }

    /// <summary>The window of a pooling, whose strides are its size unless given.</summary>
    public static VolumeWindow ReadPooling(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        (int Time, int Height, int Width) size = Positive(arguments, "pool_size", 2);
        return new VolumeWindow
        {
            KernelSize = size,
            Strides = arguments["strides"] is null ? size : Positive(arguments, "strides", null),
            Padding = arguments.Padding(),
        };
    }

    /// <summary>The arguments of a convolution, in the order of Keras (tools.md 6.5).</summary>
    internal IEnumerable<KeyValuePair<string, object?>> ConvolutionArguments(int groups) =>
    [
        new("kernel_size", ListOf(KernelSize)),
        new("strides", ListOf(Strides)),
        new("padding", PaddingName),
        LayerArguments.ChannelsLast,
        new("dilation_rate", ListOf(Dilation)),
        new("groups", (long)groups),
    ];

    /// <summary>The arguments of a pooling, in the order of Keras (tools.md 6.5).</summary>
    internal IEnumerable<KeyValuePair<string, object?>> PoolingArguments() =>
    [
        new("pool_size", ListOf(KernelSize)),
        new("padding", PaddingName),
        new("strides", ListOf(Strides)),
        LayerArguments.ChannelsLast,
    ];

    private string PaddingName => LayerArguments.NameOf(Padding);

    private static object ListOf((int Time, int Height, int Width) triple) =>
        LayerArguments.ListOf(new Shape(triple.Time, triple.Height, triple.Width));

    /// <summary>The sizes over an input.</summary>
    /// <param name="layer">The layer, for the message of an error.</param>
    /// <param name="input">Time, height, width and channels.</param>
    /// <param name="outputChannels">Channels of the output.</param>
    /// <exception cref="QuantException">The input is not a sequence of images, or the kernel does not fit into it.</exception>
    public VolumeGeometry Over(Layer layer, Shape input, int outputChannels)
    {
        try
        {
            return VolumeGeometry.Create(input, KernelSize, Strides, Dilation, Padding, outputChannels);
        }
        catch (ArgumentException error)
        {
            throw new QuantException(
                "LayerInputMismatch",
                QuantErrorKind.InvalidData,
                $"Layer '{layer.Name}' ({layer.ClassName}): {error.Message.Split(" (Parameter", 2)[0]}",
                layer.Name,
                error);
        }
    }

    private static (int Time, int Height, int Width) Positive(LayerArguments arguments, string key, int? defaultValue)
    {
        int[] values = arguments[key] switch
        {
            IReadOnlyList<object?> => arguments.Dimensions(key)!,
            null when defaultValue is { } all => [all, all, all],
            _ => [arguments.Int(key), arguments.Int(key), arguments.Int(key)],
        };
        return values.Length == 3 && values.All(value => value is > 0 and <= 4096)
            ? (values[0], values[1], values[2])
            : throw arguments.Wrong(key, arguments[key], "one or three positive integers");
    }
}

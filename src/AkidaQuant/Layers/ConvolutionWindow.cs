using AkidaQuant.Geometry;

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

    /// <summary>Whether cells outside of the image belong to it, as far as the padding alone tells.</summary>
    public bool PadsAnything => Padding switch
    {
        Padding.Valid => false,
        Padding.Explicit => Pads != default,
        _ => true,
    };

    /// <summary>
    /// The same window for a convolution whose border has a value of its own, which stands for "same" amounts
    /// wherever the padding reads "valid" (layers.md 4.2).
    /// </summary>
    public ConvolutionWindow ForBorderValue() => Padding == Padding.Same ? this with { Padding = Padding.Valid } : this;

    /// <summary>The kernel, the strides and the padding: <c>(3, 3), strides (2, 2), padding 'same'</c>.</summary>
    public override string ToString() =>
        $"{KernelSize}, strides {Strides}{(Dilation == (1, 1) ? string.Empty : $", dilation {Dilation}")}, {PaddingText}";

    /// <summary>The padding in the words of an error.</summary>
    internal string PaddingText => Padding switch
    {
        Padding.Same => "padding 'same'",
        Padding.SameUpper => "padding 'same' with the larger half before",
        Padding.Explicit => $"pads {Pads}",
        _ => "padding 'valid'",
    };

    /// <summary>Whether another padding gives the same over an input: as many rows and columns before it, as many outputs.</summary>
    internal bool IsSameOver(Shape input, Padding padding)
    {
        try
        {
            return Sizes(Padding) == Sizes(padding);
        }
        catch (ArgumentException)
        {
            return false;
        }

        ConvolutionGeometry Sizes(Padding rule) =>
            ConvolutionGeometry.Create(input, KernelSize, Strides, Dilation, rule, input.Channels, Pads);
    }

    /// <summary>The rows and columns that the padding puts around an input, as far as the kernel meets them.</summary>
    internal EdgePads PadsOver(Shape input)
    {
        if (Padding == Padding.Explicit)
        {
            return Pads;
        }

        ConvolutionGeometry sizes = ConvolutionGeometry.Create(input, KernelSize, Strides, Dilation, Padding, input.Channels);
        return new EdgePads(
            sizes.PadTop,
            sizes.PadLeft,
            After(sizes.OutputHeight, sizes.StrideHeight, sizes.KernelHeight, sizes.DilationHeight, input[0] + sizes.PadTop),
            After(sizes.OutputWidth, sizes.StrideWidth, sizes.KernelWidth, sizes.DilationWidth, input[1] + sizes.PadLeft));

        static int After(int outputs, int stride, int kernel, int dilation, int present) =>
            Math.Max(((outputs - 1) * stride) + ((kernel - 1) * dilation) + 1 - present, 0);
    }

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

    private string PaddingName => Padding == Padding.Explicit ? Pads.ToString() : LayerArguments.NameOf(Padding);

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
                "LayerInputMismatch",
                QuantErrorKind.InvalidData,
                $"Layer '{layer.Name}' ({layer.ClassName}): {error.Message.Split(" (Parameter", 2)[0]}",
                layer.Name,
                error);
        }
    }

    /// <summary>The sizes of a pooling over an input: each of its windows meets the image.</summary>
    /// <param name="layer">The layer, for the message of an error.</param>
    /// <param name="input">Height, width and channels.</param>
    /// <exception cref="QuantException">The input is not an image, the window does not fit into it, or some lie outside of it.</exception>
    public ConvolutionGeometry OverPool(Layer layer, Shape input)
    {
        ConvolutionGeometry geometry = Over(layer, input, input.Channels);
        return geometry.MeetsImageEverywhere
            ? geometry
            : throw new QuantException(
                "PoolOutsideImage",
                QuantErrorKind.NotSupported,
                $"Layer '{layer.Name}' ({layer.ClassName}): over an input of {input} a window of {KernelSize.Height}x{KernelSize.Width} with {PaddingText} lies outside of the image somewhere, where there is nothing to pool. Pad by less than the window's size.",
                layer.Name);
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
        pair is { Height: > 0 and <= 4096, Width: > 0 and <= 4096 }
            ? pair
            : throw arguments.Wrong(key, arguments[key], "one or two positive integers");
}

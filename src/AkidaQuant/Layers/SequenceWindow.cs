using AkidaQuant.Geometry;

namespace AkidaQuant.Layers;

/// <summary>
/// The windows of layers of one dimension, as those over images of height 1. Their strides are those along the row in both directions,
/// which processors want and of which a single row knows nothing.
/// </summary>
internal static class SequenceWindow
{
    private const string Causal = "causal";

    private const int Most = 1 << 20;

    /// <summary>The window of a convolution.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="canBeCausal">Whether all that is padded may lie in front.</param>
    public static ConvolutionWindow ReadConvolution(LayerArguments arguments, bool canBeCausal = false)
    {
        arguments.RequireChannelsLast();
        int size = Positive(arguments, "kernel_size", null);
        int stride = Positive(arguments, "strides", 1);
        int dilation = Positive(arguments, "dilation_rate", 1);
        string padding = canBeCausal
            ? arguments.OneOf("padding", "valid", "valid", "same", Causal)
            : arguments.OneOf("padding", "valid", "valid", "same");
        return new ConvolutionWindow
        {
            KernelSize = (1, size),
            Strides = (stride, stride),
            Dilation = (1, dilation),
            Padding = padding switch { "same" => Padding.Same, Causal => Padding.Explicit, _ => Padding.Valid },
            Pads = padding == Causal ? new EdgePads(0, Before(size, dilation), 0, 0) : default,
        };
    }

    /// <summary>The window of a transposed convolution, whose rows are not multiplied.</summary>
    public static TransposedWindow ReadTransposed(LayerArguments arguments)
    {
        ConvolutionWindow forward = ReadConvolution(arguments);
        int stride = forward.Strides.Width;
        int? more = arguments["output_padding"] is null ? null : arguments.Single("output_padding");
        return more is null || (more >= 0 && more < stride)
            ? new TransposedWindow
            {
                Forward = forward with { Strides = (1, stride) },
                OutputPadding = more is { } columns ? (0, columns) : null,
            }
            : throw arguments.Wrong("output_padding", arguments["output_padding"], "smaller than the strides");
    }

    /// <summary>The window of a pooling, whose stride is its size unless given.</summary>
    public static ConvolutionWindow ReadPooling(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        int size = Positive(arguments, "pool_size", 2);
        int stride = arguments["strides"] is null ? size : Positive(arguments, "strides", null);
        return new ConvolutionWindow { KernelSize = (1, size), Strides = (stride, stride), Padding = arguments.Padding() };
    }

    /// <summary>The arguments of a convolution, in the order of Keras.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> ConvolutionArguments(ConvolutionWindow window, int groups = 1) =>
    [
        new("kernel_size", LayerArguments.ListOfOne(window.KernelSize.Width)),
        new("strides", LayerArguments.ListOfOne(window.Strides.Width)),
        new("padding", window.Padding == Padding.Explicit ? Causal : LayerArguments.NameOf(window.Padding)),
        LayerArguments.ChannelsLast,
        new("dilation_rate", LayerArguments.ListOfOne(window.Dilation.Width)),
        new("groups", (long)groups),
    ];

    /// <summary>The arguments of a pooling, in the order of Keras.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> PoolingArguments(ConvolutionWindow window) =>
    [
        new("pool_size", LayerArguments.ListOfOne(window.KernelSize.Width)),
        new("padding", LayerArguments.NameOf(window.Padding)),
        new("strides", LayerArguments.ListOfOne(window.Strides.Width)),
        LayerArguments.ChannelsLast,
    ];

    private static int Before(int size, int dilation) => (int)Math.Min((long)(size - 1) * dilation, int.MaxValue);

    private static int Positive(LayerArguments arguments, string key, int? defaultValue) =>
        arguments.Single(key, defaultValue) is var value and > 0 and <= Most
            ? value
            : throw arguments.Wrong(key, arguments[key], "a positive integer");
}

using AkidaQuant.Kernels;

namespace AkidaQuant.Layers;

/// <summary>The arguments that convolutions have in files alike, in the order of Keras (tools.md 6.5).</summary>
internal static class ConvolutionArguments
{
    /// <summary>Filters, the window and the groups; depthwise layers have no filters.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Window(ConvolutionWindow window, int? filters = null, int groups = 1)
    {
        if (filters is { } count)
        {
            yield return new("filters", (long)count);
        }

        yield return new("kernel_size", Pair(window.KernelSize));
        yield return new("strides", Pair(window.Strides));
        yield return new("padding", window.Padding == Padding.Same ? "same" : "valid");
        yield return new("data_format", "channels_last");
        yield return new("dilation_rate", Pair(window.Dilation));
        yield return new("groups", (long)groups);
    }

    /// <summary>What follows the window of a layer whose kernel has filters.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Weights(string activation, bool useBias) =>
    [
        new("activation", activation),
        new("use_bias", useBias),
        new("kernel_initializer", Initializer("GlorotUniform")),
        new("bias_initializer", Initializer("Zeros")),
        new("kernel_regularizer", null),
        new("bias_regularizer", null),
        new("activity_regularizer", null),
        new("kernel_constraint", null),
        new("bias_constraint", null),
    ];

    /// <summary>What follows the window of a depthwise layer.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> DepthwiseWeights(string activation, bool useBias, int depthMultiplier = 1) =>
    [
        new("activation", activation),
        new("use_bias", useBias),
        new("bias_initializer", Initializer("Zeros")),
        new("bias_regularizer", null),
        new("activity_regularizer", null),
        new("bias_constraint", null),
        new("depth_multiplier", (long)depthMultiplier),
        new("depthwise_initializer", Initializer("GlorotUniform")),
        new("depthwise_regularizer", null),
        new("depthwise_constraint", null),
    ];

    /// <summary>Two integers as a list.</summary>
    public static IReadOnlyList<object?> Pair((int Height, int Width) pair) => [(long)pair.Height, (long)pair.Width];

    private static OrderedDictionary<string, object?> Initializer(string className) => new(StringComparer.Ordinal)
    {
        ["module"] = "keras.initializers",
        ["class_name"] = className,
        ["config"] = className == "Zeros"
            ? new OrderedDictionary<string, object?>(StringComparer.Ordinal)
            : new OrderedDictionary<string, object?>(StringComparer.Ordinal) { ["seed"] = null },
        ["registered_name"] = null,
    };
}

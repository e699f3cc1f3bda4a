namespace AkidaQuant.Layers;

/// <summary>Arguments that layers with kernels share, in the order of Keras (tools.md 6.5).</summary>
internal static class WeightArguments
{
    /// <summary>Of layers with one kernel, from the activation on.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> OfKernel(Layer layer, string activation, bool useBias) =>
    [
        new("activation", activation),
        new("use_bias", useBias),
        layer.Kept("kernel_initializer", Initializers.GlorotUniform),
        layer.Kept("bias_initializer", Initializers.Zeros),
        layer.Kept("kernel_regularizer"),
        layer.Kept("bias_regularizer"),
        layer.Kept("activity_regularizer"),
        layer.Kept("kernel_constraint"),
        layer.Kept("bias_constraint"),
    ];

    /// <summary>Of depthwise layers, from the activation on.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> OfDepthwise(
        Layer layer,
        string activation,
        bool useBias,
        int depthMultiplier = 1) =>
        [
            new("activation", activation),
            new("use_bias", useBias),
            layer.Kept("bias_initializer", Initializers.Zeros),
            layer.Kept("bias_regularizer"),
            layer.Kept("activity_regularizer"),
            layer.Kept("bias_constraint"),
            new("depth_multiplier", (long)depthMultiplier),
            layer.Kept("depthwise_initializer", Initializers.GlorotUniform),
            layer.Kept("depthwise_regularizer"),
            layer.Kept("depthwise_constraint"),
        ];

    /// <summary>Of separable layers, behind those of the kernel.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> OfSeparable(Layer layer, int depthMultiplier = 1) =>
    [
        new("depth_multiplier", (long)depthMultiplier),
        layer.Kept("depthwise_initializer", Initializers.GlorotUniform),
        layer.Kept("pointwise_initializer", Initializers.GlorotUniform),
        layer.Kept("depthwise_regularizer"),
        layer.Kept("pointwise_regularizer"),
        layer.Kept("depthwise_constraint"),
        layer.Kept("pointwise_constraint"),
    ];
}

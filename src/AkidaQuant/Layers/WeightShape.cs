namespace AkidaQuant.Layers;

/// <summary>A stored array that a layer takes on a given input, before it has one.</summary>
/// <param name="Shape">The shape.</param>
/// <param name="Initializer">How Keras fills it unless told otherwise, such as <c>glorot_uniform</c>.</param>
/// <param name="Argument">The argument of the layer that tells otherwise; null for none.</param>
public sealed record WeightShape(Shape Shape, string Initializer, string? Argument = null)
{
    /// <summary>A kernel.</summary>
    internal static WeightShape Kernel(params int[] dimensions) => new(new Shape(dimensions), "glorot_uniform", "kernel_initializer");

    /// <summary>A kernel of each input channel by itself.</summary>
    internal static WeightShape Depthwise(params int[] dimensions) => new(new Shape(dimensions), "glorot_uniform", "depthwise_initializer");

    /// <summary>A bias, one value an output channel.</summary>
    internal static WeightShape Bias(int channels) => new(new Shape(channels), "zeros", "bias_initializer");
}

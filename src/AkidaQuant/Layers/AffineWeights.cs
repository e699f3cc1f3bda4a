namespace AkidaQuant.Layers;

/// <summary>The factor and the offset of layers that normalize by moments of their input.</summary>
internal static class AffineWeights
{
    /// <summary>The stored arrays.</summary>
    /// <param name="layer">The name of the layer.</param>
    /// <param name="gamma">The factor; null for none.</param>
    /// <param name="beta">The offset; null for none.</param>
    public static IReadOnlyList<Variable> Variables(string layer, NdArray<float>? gamma, NdArray<float>? beta) =>
    [
        .. gamma is null ? Array.Empty<Variable>() : [new Variable($"{layer}/gamma:0", gamma)],
        .. beta is null ? Array.Empty<Variable>() : [new Variable($"{layer}/beta:0", beta)],
    ];

    /// <summary>The arguments, in the order of Keras.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Arguments(Layer layer, bool center, bool scale) =>
    [
        new("center", center),
        new("scale", scale),
        layer.Kept("beta_initializer", Initializers.Zeros),
        layer.Kept("gamma_initializer", Initializers.Ones),
        layer.Kept("beta_regularizer"),
        layer.Kept("gamma_regularizer"),
        layer.Kept("beta_constraint"),
        layer.Kept("gamma_constraint"),
    ];

    /// <summary>The shapes of new weights.</summary>
    public static IReadOnlyList<WeightShape> Shapes(Shape shape, bool scale, bool center) =>
    [
        .. scale ? [new WeightShape(shape, "ones", "gamma_initializer")] : Array.Empty<WeightShape>(),
        .. center ? [new WeightShape(shape, "zeros", "beta_initializer")] : Array.Empty<WeightShape>(),
    ];

    /// <summary>For how many values the weights are, where that is not what is wanted; null where they fit.</summary>
    public static int? Misfit(NdArray<float>? gamma, NdArray<float>? beta, int wanted) =>
        gamma is not null && gamma.Size != wanted ? gamma.Size
        : beta is not null && beta.Size != wanted ? beta.Size
        : null;
}

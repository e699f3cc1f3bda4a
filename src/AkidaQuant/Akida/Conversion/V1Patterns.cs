using AkidaQuant.Layers;

namespace AkidaQuant.Akida.Conversion;

/// <summary>What may follow a convolution in Akida 1.0: pools come before the activation (convert.md 2.4).</summary>
internal static class V1Patterns
{
    /// <summary>The five ways in which a block goes on.</summary>
    public static IReadOnlyList<Type[]> Tails { get; } =
    [
        [],
        [typeof(QuantizedReLU)],
        [typeof(QuantizedMaxPool2D), typeof(QuantizedReLU)],
        [typeof(QuantizedGlobalAveragePooling2D), typeof(QuantizedReLU)],
        [typeof(QuantizedGlobalAveragePooling2D)],
    ];
}

using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>The blocks of dense layers, flattened alike in both versions (convert.md 2.4 and 4.6).</summary>
internal static class DensePatterns
{
    private static readonly Type[][] Flattenings =
        [[], [typeof(QuantizedFlatten)], [typeof(QuantizedReshape)], [typeof(QuantizedReshape), typeof(QuantizedFlatten)]];

    /// <summary>A dense layer with its tail, flattening before it or not.</summary>
    public static IReadOnlyList<Type[]> With(BlockTail tail) =>
        [.. Flattenings.SelectMany(head => tail.Behind([.. head, typeof(QuantizedDense)]))];

    /// <summary>Refuses a dense layer over the last axis of an image.</summary>
    public static void RequireFlat(ConversionContext context, PlanStep<Node> dense)
    {
        Shape input = context.Input(dense).Shape;
        if (input.Size != input.Channels)
        {
            throw context.Error(
                "AkidaDenseShape",
                dense,
                $"its input {input} has several positions, and an Akida dense layer takes one row. Put a Flatten or a global pooling before it, or use a 1x1 convolution.");
        }
    }
}

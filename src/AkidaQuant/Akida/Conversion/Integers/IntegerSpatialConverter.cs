using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>What the converters of convolutions of given integers share (convert.md 5.5 and 5.6).</summary>
internal abstract class IntegerSpatialConverter<TLayer> : IntegerConverter<TLayer>
    where TLayer : IntegerSpatialLayer
{
    /// <summary>The kernels for which the Akida layer has SameUpper.</summary>
    protected virtual int[] UpperKernels => [3];

    /// <inheritdoc/>
    protected override void Check(TLayer layer, PlanStep<Node> step, ConversionContext context)
    {
        ConvolutionRules.RequireSquare(context, step, layer.Window);
        MaxPoolBehind? pool = Pool(layer, step, context);
        pool?.RequireSquare(context);
        PaddingRules.CheckPool(context, pool, PaddingOf(layer, step, context));
    }

    /// <summary>The layer with its window, its pool and all that follows.</summary>
    protected T Complete<T>(T converted, TLayer layer, PlanStep<Node> step, ConversionContext context, AkidaVariables variables)
        where T : AkidaSpatialLayer
    {
        ConvolutionWindow? pool = layer.Tail.Pool;
        converted = converted with
        {
            KernelStride = layer.Window.Strides.Height,
            Padding = PaddingOf(layer, step, context),
            PoolType = pool is not null ? PoolType.Max : layer.Tail.SumsPositions ? PoolType.Average : PoolType.NoPooling,
            PoolSize = pool?.KernelSize.Height ?? AkidaSpatialLayer.Default,
            PoolStride = pool?.Strides.Height ?? AkidaSpatialLayer.Default,
        };
        return converted.Complete(context, step, layer.Tail, variables);
    }

    private Padding PaddingOf(TLayer layer, PlanStep<Node> step, ConversionContext context) =>
        PaddingRules.Of(context, step, layer.Window, Pool(layer, step, context), hasPaddingValue: false, UpperKernels);

    private static MaxPoolBehind? Pool(TLayer layer, PlanStep<Node> step, ConversionContext context)
    {
        Shape input = context.Input(step).Shape;
        return layer.Tail.Pool is { } window
            ? new MaxPoolBehind(step, window, layer.Window.Over(layer, input, input.Channels).OutputShape)
            : null;
    }
}

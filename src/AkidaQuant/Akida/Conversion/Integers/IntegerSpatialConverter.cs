using AkidaQuant.Akida.Layers;
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
    protected override void Check(TLayer layer, PlanStep step, ConversionContext context)
    {
        ConvolutionRules.RequireSquare(context, step, layer.Window);
        if (layer.Tail.Pool is { } pool && (pool.KernelSize.Height != pool.KernelSize.Width || pool.Strides.Height != pool.Strides.Width))
        {
            throw context.Error(
                "AkidaPoolNotSquare", step, $"the size of its pool is {pool.KernelSize.Height}x{pool.KernelSize.Width} and its strides {pool.Strides.Height} and {pool.Strides.Width}. Use a square pool with equal strides.");
        }

        IntegerPadding.Of(context, step, UpperKernels);
    }

    /// <summary>The layer with its window, its pool and all that follows.</summary>
    protected T Complete<T>(T converted, TLayer layer, PlanStep step, ConversionContext context, AkidaVariables variables)
        where T : AkidaSpatialLayer
    {
        ConvolutionWindow? pool = layer.Tail.Pool;
        converted = converted with
        {
            KernelStride = layer.Window.Strides.Height,
            Padding = IntegerPadding.Of(context, step, UpperKernels),
            PoolType = pool is not null ? PoolType.Max : layer.Tail.SumsPositions ? PoolType.Average : PoolType.NoPooling,
            PoolSize = pool?.KernelSize.Height ?? AkidaSpatialLayer.Default,
            PoolStride = pool?.Strides.Height ?? AkidaSpatialLayer.Default,
        };
        return converted.Complete(context, step, layer.Tail, variables);
    }
}

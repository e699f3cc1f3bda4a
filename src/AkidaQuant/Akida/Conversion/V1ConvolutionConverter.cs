using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>What the converters of convolutions to Akida 1.0 share (convert.md 9.1).</summary>
internal abstract class V1ConvolutionConverter : BlockConverter
{
    /// <inheritdoc/>
    public override bool Supports(AkidaVersion version) => version == AkidaVersion.V1;

    /// <summary>The convolution of a block.</summary>
    protected abstract PlanStep<Node> Main(Block block);

    /// <summary>How its kernel moves.</summary>
    protected abstract ConvolutionWindow WindowOf(Layer layer);

    /// <summary>Whether its border has a value of its own.</summary>
    protected virtual bool HasPaddingValue(Layer layer) => false;

    /// <summary>Checks weights, input and border.</summary>
    protected abstract void CheckLayer(PlanStep<Node> main, ConversionContext context);

    /// <inheritdoc/>
    public override void Check(Block block, ConversionContext context)
    {
        PlanStep<Node> main = Main(block);
        ConvolutionWindow window = WindowOf(main.Node.Layer);
        context.Attempt(() => ConvolutionRules.RequireNoDilation(context, main, window));
        context.Attempt(() => CheckLayer(main, context));
        context.Attempt(() => PaddingRules.CheckPool(context, MaxPoolBehind.In(block, context), PaddingOf(context, block)));
        context.Attempt(() => V1Rules.CheckGlobalPool(context, block));
        context.Attempt(() => V1Rules.CheckActivation(context, block));
    }

    /// <summary>The Akida layer with all that its window and block say.</summary>
    protected T Complete<T>(T layer, ConversionContext context, Block block, AkidaVariables variables)
        where T : AkidaV1Convolution
    {
        PlanStep<Node> main = Main(block);
        ConvolutionWindow window = WindowOf(main.Node.Layer);
        (PoolType pool, ConvolutionWindow? pooling) = ConvolutionRules.Pool(block);
        layer = layer with
        {
            KernelStride = window.Strides,
            Padding = PaddingOf(context, block),
            PoolType = pool,
            PoolSize = pooling?.KernelSize ?? (AkidaV1Convolution.Default, AkidaV1Convolution.Default),
            PoolStride = pooling?.Strides ?? (AkidaV1Convolution.Default, AkidaV1Convolution.Default),
        };
        return layer.Complete(context, block, main, layer.Filters, variables);
    }

    private Padding PaddingOf(ConversionContext context, Block block)
    {
        PlanStep<Node> main = Main(block);
        return PaddingRules.Of(
            context,
            main,
            WindowOf(main.Node.Layer),
            MaxPoolBehind.In(block, context),
            HasPaddingValue(main.Node.Layer));
    }
}

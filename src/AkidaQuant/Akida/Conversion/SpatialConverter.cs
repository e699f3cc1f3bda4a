using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>What the converters of quantized convolutions to Akida 2.0 share (convert.md 4.2 to 4.4).</summary>
internal abstract class SpatialConverter<TLayer> : BlockConverter
    where TLayer : QuantizedLayer
{
    /// <inheritdoc/>
    public override bool Supports(AkidaVersion version) => version == AkidaVersion.V2;

    /// <summary>How the kernel moves.</summary>
    protected abstract ConvolutionWindow WindowOf(TLayer layer);

    /// <summary>Whether the border has a value of its own.</summary>
    protected virtual bool HasPaddingValue(TLayer layer) => false;

    /// <summary>The kernel sizes that may be padded with the larger half before (convert.md 5.6).</summary>
    private int[] UpperKernels => IsInput ? [3, 5, 7] : [3];

    /// <inheritdoc/>
    public override bool AllowsInnerQuantizer(Block block, PlanStep<Node> step) => BlockActivation.IsReadFrom(block, step);

    /// <inheritdoc/>
    public override string? OwnRule(Block block, ConversionContext context) => block.EndsWithMaxPool ? "AkidaPatternUnknown"
        : MaxPoolBehind.In(block, context) is { } pool && pool.Window.Padding != PaddingOf(context, block) ? "AkidaPoolPadding"
        : null;

    /// <inheritdoc/>
    public override void Check(Block block, ConversionContext context)
    {
        PlanStep<Node> main = block.Find<TLayer>()!;
        var layer = (TLayer)main.Node.Layer;
        ConvolutionWindow window = WindowOf(layer);
        context.Attempt(() => ConvolutionRules.RequireSquare(context, main, window));
        context.Attempt(() =>
            ConvolutionRules.RequireWeightBits(context, main, "weight_quantizer", Settings(layer).Weights().Bitwidth, 4, 8));
        context.Attempt(() => PaddingRules.CheckPool(context, MaxPoolBehind.In(block, context), PaddingOf(context, block)));
        context.Attempt(() => MaxPoolBehind.In(block, context)?.RequireSquare(context));
        context.Attempt(() => BlockActivation.CheckIn(block, context));
        context.Attempt(() => CheckInput(main, context));
    }

    /// <summary>Checks what concerns the input and its border.</summary>
    protected abstract void CheckInput(PlanStep<Node> main, ConversionContext context);

    /// <summary>The settings of the quantized layer.</summary>
    protected static QuantizerSettings Settings(TLayer layer) => QuantizerSettings.OfKernel(layer.Name, layer.Settings);

    /// <summary>The Akida layer with all that its window and block say.</summary>
    protected T Complete<T>(T layer, ConversionContext context, Block block, int channels, AkidaVariables variables)
        where T : AkidaSpatialLayer
    {
        PlanStep<Node> main = block.Find<TLayer>()!;
        var quantized = (TLayer)main.Node.Layer;
        QuantizerSettings settings = Settings(quantized);
        RecordedIntegers.AddBias(context, main, channels, variables);
        ConvolutionWindow window = WindowOf(quantized);
        layer = layer with
        {
            KernelStride = window.Strides.Height,
            Padding = PaddingOf(context, block),
            WeightsBits = settings.Weights().Bitwidth,
        };
        return layer.WithPool(block).Complete(context, block, settings.BufferBitwidth, channels, variables);
    }

    private Padding PaddingOf(ConversionContext context, Block block)
    {
        PlanStep<Node> main = block.Find<TLayer>()!;
        var layer = (TLayer)main.Node.Layer;
        return PaddingRules.Of(context, main, WindowOf(layer), MaxPoolBehind.In(block, context), HasPaddingValue(layer), UpperKernels);
    }
}

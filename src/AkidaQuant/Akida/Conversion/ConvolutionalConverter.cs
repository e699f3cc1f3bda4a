using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A convolution to Convolutional (convert.md 9.1 and 9.2).</summary>
internal sealed class ConvolutionalConverter : V1ConvolutionConverter
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } =
        (BlockTail.Rectifier with { HasMaxPool = true, StartsWithGlobalPool = true }).Behind(typeof(QuantizedConv2D));

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        PlanStep<Node> main = Main(block);
        var layer = (QuantizedConv2D)main.Node.Layer;
        int channels = context.Input(main).Shape.Channels;
        (int height, int width) = layer.Window.KernelSize;
        AkidaVariables variables = [];
        variables.Add(
            "weights",
            KernelFlip.Turn(RecordedIntegers.Weights(context, main, "weight_quantizer", height, width, channels, layer.Filters)));
        AkidaConvolutional converted = new()
        {
            Name = layer.Name,
            Inbounds = inbounds,
            Filters = layer.Filters,
            KernelSize = layer.Window.KernelSize,
            WeightsBits = Bits(layer),
        };
        return Complete(converted, context, block, variables);
    }

    /// <inheritdoc/>
    protected override PlanStep<Node> Main(Block block) => block.Find<QuantizedConv2D>()!;

    /// <inheritdoc/>
    protected override ConvolutionWindow WindowOf(Layer layer) => ((QuantizedConv2D)layer).Window;

    /// <inheritdoc/>
    protected override bool HasPaddingValue(Layer layer) => ((QuantizedConv2D)layer).PaddingValue is not null;

    /// <inheritdoc/>
    protected override void CheckLayer(PlanStep<Node> main, ConversionContext context)
    {
        ConvolutionRules.RequireWeightBits(context, main, "weight_quantizer", Bits((QuantizedConv2D)main.Node.Layer), 1, 2, 4);
        ConvolutionRules.RequireZeroPadding(context, main);
    }

    private static int Bits(QuantizedConv2D layer) =>
        QuantizerSettings.OfKernel(layer.Name, layer.Settings).Weights().Bitwidth;
}

using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A separable convolution to SeparableConvolutional (convert.md 9.1 and 9.2).</summary>
internal sealed class SeparableConvolutionalConverter : V1ConvolutionConverter
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } =
        (BlockTail.Rectifier with { HasMaxPool = true, StartsWithGlobalPool = true }).Behind(typeof(QuantizedSeparableConv2D));

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        PlanStep<Node> main = Main(block);
        var layer = (QuantizedSeparableConv2D)main.Node.Layer;
        int channels = context.Input(main).Shape.Channels;
        (int height, int width) = layer.Window.KernelSize;
        AkidaVariables variables = [];
        variables.Add(
            "weights",
            KernelFlip.Turn(RecordedIntegers.Weights(context, main, "dw_weight_quantizer", height, width, channels, 1)));
        variables.Add("weights_pw", RecordedIntegers.Weights(context, main, "pw_weight_quantizer", 1, 1, channels, layer.Filters));
        AkidaSeparableConvolutional converted = new()
        {
            Name = layer.Name,
            Inbounds = inbounds,
            Filters = layer.Filters,
            KernelSize = layer.Window.KernelSize,
            WeightsBits = Bits(layer, "pw_weight_quantizer"),
        };
        return Complete(converted, context, block, variables);
    }

    /// <inheritdoc/>
    protected override PlanStep<Node> Main(Block block) => block.Find<QuantizedSeparableConv2D>()!;

    /// <inheritdoc/>
    protected override ConvolutionWindow WindowOf(Layer layer) => ((QuantizedSeparableConv2D)layer).Window;

    /// <inheritdoc/>
    protected override void CheckLayer(PlanStep<Node> main, ConversionContext context)
    {
        var layer = (QuantizedSeparableConv2D)main.Node.Layer;
        (int depthwise, int pointwise) = (Bits(layer, "dw_weight_quantizer"), Bits(layer, "pw_weight_quantizer"));
        if (depthwise != pointwise)
        {
            throw context.Error(
                "AkidaV1SeparableBits",
                main,
                $"its depthwise weights have {depthwise} bits and its pointwise weights {pointwise}. Give both the same.");
        }

        ConvolutionRules.RequireWeightBits(context, main, "dw_weight_quantizer", depthwise, 1, 2, 4);
    }

    private static int Bits(QuantizedSeparableConv2D layer, string quantizer) =>
        QuantizedSeparableConv2D.SettingsOf(layer.Name, layer.Settings).Weights(quantizer).Bitwidth;
}

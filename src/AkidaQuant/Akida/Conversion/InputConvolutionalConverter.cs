using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;
using AkidaQuant.Text;

namespace AkidaQuant.Akida.Conversion;

/// <summary>
/// A first convolution over images of bytes to InputConvolutional (convert.md 9.1 and 9.2). That images have 1 or 3
/// channels is a condition of input patterns.
/// </summary>
internal sealed class InputConvolutionalConverter : V1ConvolutionConverter
{
    /// <inheritdoc/>
    public override bool IsInput => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } =
        (BlockTail.Rectifier with { HasMaxPool = true }).Required.Behind(typeof(QuantizedConv2D));

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        PlanStep<Node> main = Main(block);
        var layer = (QuantizedConv2D)main.Node.Layer;
        Shape input = context.Input(main).Shape;
        (int height, int width) = layer.Window.KernelSize;
        AkidaVariables variables = [];
        variables.Add("weights", RecordedIntegers.Weights(context, main, "weight_quantizer", height, width, input.Channels, layer.Filters));
        AkidaInputConvolutional converted = new()
        {
            Name = layer.Name,
            Inbounds = inbounds,
            InputShape = input,
            Filters = layer.Filters,
            KernelSize = layer.Window.KernelSize,
            WeightsBits = Bits(layer),
            PaddingValue = ConvolutionRules.PaddingValues(context, main, input.Channels)[0],
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
        ConvolutionRules.RequireWeightBits(context, main, "weight_quantizer", Bits((QuantizedConv2D)main.Node.Layer), 4, 8);
        int channels = context.Input(main).Shape.Channels;
        byte[] padding = ConvolutionRules.PaddingValues(context, main, channels);
        if (padding.Distinct().Count() > 1)
        {
            throw context.Error(
                "AkidaV1PaddingValues",
                main,
                $"its border has the values {Listing.Of(padding)}, one a channel, and Akida 1.0 takes one for all. Use a Rescaling with one scale and one offset for all channels, or convert to Akida 2.0.");
        }

        if (main.Prepared.Recorded.Integers("input_shift") is { } shifts && shifts.Values.Any(shift => shift != 0))
        {
            throw context.Error(
                "AkidaInputShift",
                main,
                "the channels of its input have different fractional bits, which it cannot align. Quantize with per-tensor activations.");
        }
    }

    private static int Bits(QuantizedConv2D layer) =>
        QuantizerSettings.OfKernel(layer.Name, layer.Settings).Weights().Bitwidth;
}

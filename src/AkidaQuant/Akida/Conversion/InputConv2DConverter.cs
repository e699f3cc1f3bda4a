using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Text;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A first convolution over images of bytes to InputConv2D (convert.md 4.2).</summary>
internal sealed class InputConv2DConverter : SpatialConverter<QuantizedConv2D>
{
    /// <inheritdoc/>
    public override bool IsInput => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } =
        (BlockTail.AnyActivation with { HasMaxPool = true }).Required.Behind(typeof(QuantizedConv2D));

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        PlanStep<Node> main = block.Find<QuantizedConv2D>()!;
        var layer = (QuantizedConv2D)main.Node.Layer;
        int size = layer.Window.KernelSize.Height;
        Shape input = context.Input(main).Shape;
        AkidaVariables variables = [];
        variables.Add("weights", RecordedIntegers.Weights(context, main, "weight_quantizer", size, size, input.Channels, layer.Filters));
        variables.Add("padding_value", NdArray<byte>.Vector(ConvolutionRules.PaddingValues(context, main, input.Channels)));
        AkidaInputConv2D converted = new()
        {
            Name = layer.Name,
            Inbounds = inbounds,
            InputShape = input,
            Filters = layer.Filters,
            KernelSize = size,
        };
        return Complete(converted, context, block, layer.Filters, variables);
    }

    /// <inheritdoc/>
    protected override ConvolutionWindow WindowOf(QuantizedConv2D layer) => layer.Window;

    /// <inheritdoc/>
    protected override bool HasPaddingValue(QuantizedConv2D layer) => layer.PaddingValue is not null;

    /// <inheritdoc/>
    protected override void CheckInput(PlanStep<Node> main, ConversionContext context)
    {
        ConvolutionRules.PaddingValues(context, main, context.Input(main).Shape.Channels);
        if (main.Prepared.Recorded.Integers("input_shift") is { } shifts && shifts.Values.Any(shift => shift != 0))
        {
            throw context.Error(
                "AkidaInputShift",
                main,
                $"the channels of its input have different fractional bits (they differ by {Listing.Of(shifts.Values)}), which the first convolution of an image network cannot align. Quantize with per-tensor activations, or scale all channels to the same range.");
        }
    }
}

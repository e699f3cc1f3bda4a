using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A convolution to Conv2D (convert.md 4.3).</summary>
internal sealed class Conv2DConverter : SpatialConverter<QuantizedConv2D>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } =
        (BlockTail.AnyActivation with { HasMaxPool = true, EndsWithMaxPool = true, EndsWithGlobalPool = true })
        .Behind(typeof(QuantizedConv2D));

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        PlanStep<Node> main = block.Find<QuantizedConv2D>()!;
        var layer = (QuantizedConv2D)main.Node.Layer;
        int size = layer.Window.KernelSize.Height;
        int channels = context.Input(main).Shape.Channels;
        AkidaVariables variables = [];
        variables.Add(
            "weights",
            KernelFlip.Turn(RecordedIntegers.Weights(context, main, "weight_quantizer", size, size, channels, layer.Filters)));
        RecordedIntegers.AddShift(context, main, "input_shift", "input_shift", channels, variables);
        AkidaConv2D converted = new() { Name = layer.Name, Inbounds = inbounds, Filters = layer.Filters, KernelSize = size };
        return Complete(converted, context, block, layer.Filters, variables);
    }

    /// <inheritdoc/>
    protected override ConvolutionWindow WindowOf(QuantizedConv2D layer) => layer.Window;

    /// <inheritdoc/>
    protected override bool HasPaddingValue(QuantizedConv2D layer) => layer.PaddingValue is not null;

    /// <inheritdoc/>
    protected override void CheckInput(PlanStep<Node> main, ConversionContext context) =>
        ConvolutionRules.RequireZeroPadding(context, main);
}

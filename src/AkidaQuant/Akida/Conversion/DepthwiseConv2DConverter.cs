using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A depthwise convolution to DepthwiseConv2D (convert.md 4.4).</summary>
internal sealed class DepthwiseConv2DConverter : SpatialConverter<QuantizedDepthwiseConv2D>
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } =
        (BlockTail.AnyActivation with { HasMaxPool = true, EndsWithMaxPool = true }).Behind(typeof(QuantizedDepthwiseConv2D));

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        PlanStep<Node> main = block.Find<QuantizedDepthwiseConv2D>()!;
        var layer = (QuantizedDepthwiseConv2D)main.Node.Layer;
        int size = layer.Window.KernelSize.Height;
        int channels = context.Input(main).Shape.Channels;
        AkidaVariables variables = [];
        variables.Add("weights", KernelFlip.Turn(RecordedIntegers.Weights(context, main, "weight_quantizer", size, size, channels, 1)));
        AkidaDepthwiseConv2D converted = new() { Name = layer.Name, Inbounds = inbounds, KernelSize = size };
        return Complete(converted, context, block, channels, variables);
    }

    /// <inheritdoc/>
    protected override ConvolutionWindow WindowOf(QuantizedDepthwiseConv2D layer) => layer.Window;

    /// <inheritdoc/>
    protected override void CheckInput(PlanStep<Node> main, ConversionContext context)
    {
    }
}

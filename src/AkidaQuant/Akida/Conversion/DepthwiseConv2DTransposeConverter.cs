using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A depthwise transposed convolution to DepthwiseConv2DTranspose (convert.md 4.5).</summary>
internal sealed class DepthwiseConv2DTransposeConverter : TransposedConverter<QuantizedDepthwiseConv2DTranspose>
{
    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        PlanStep<Node> main = block.Find<QuantizedDepthwiseConv2DTranspose>()!;
        var layer = (QuantizedDepthwiseConv2DTranspose)main.Node.Layer;
        int channels = context.Input(main).Shape.Channels;
        AkidaVariables variables = Linear(context, main, channels, channels);
        QuantizerSettings settings = Settings(layer);
        AkidaDepthwiseConv2DTranspose converted = new()
        {
            Name = layer.Name,
            Inbounds = inbounds,
            KernelSize = layer.Window.Forward.KernelSize.Height,
            WeightsBits = settings.Weights().Bitwidth,
        };
        return converted.Complete(context, block, settings.BufferBitwidth, channels, variables);
    }

    /// <inheritdoc/>
    protected override TransposedWindow WindowOf(QuantizedDepthwiseConv2DTranspose layer) => layer.Window;
}

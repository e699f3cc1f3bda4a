using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A transposed convolution to Conv2DTranspose (convert.md 4.5).</summary>
internal sealed class Conv2DTransposeConverter : TransposedConverter<QuantizedConv2DTranspose>
{
    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        PlanStep<Node> main = block.Find<QuantizedConv2DTranspose>()!;
        var layer = (QuantizedConv2DTranspose)main.Node.Layer;
        AkidaVariables variables = Linear(context, main, context.Input(main).Shape.Channels, layer.Filters);
        QuantizerSettings settings = Settings(layer);
        AkidaConv2DTranspose converted = new()
        {
            Name = layer.Name,
            Inbounds = inbounds,
            Filters = layer.Filters,
            KernelSize = layer.Window.Forward.KernelSize.Height,
            WeightsBits = settings.Weights().Bitwidth,
        };
        return converted.Complete(context, block, settings.BufferBitwidth, layer.Filters, variables);
    }

    /// <inheritdoc/>
    protected override TransposedWindow WindowOf(QuantizedConv2DTranspose layer) => layer.Window;
}

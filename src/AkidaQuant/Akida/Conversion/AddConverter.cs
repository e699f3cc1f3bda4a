using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A sum to Add; halving it is a matter of fractional bits alone (convert.md 4.7).</summary>
internal sealed class AddConverter : BlockConverter
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } = [[typeof(QuantizedAdd)]];

    /// <inheritdoc/>
    public override bool Supports(AkidaVersion version) => version == AkidaVersion.V2;

    /// <inheritdoc/>
    public override void Check(Block block, ConversionContext context)
    {
    }

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        var layer = (QuantizedAdd)block.Root.Node.Layer;
        int channels = context.Input(block.Root).Shape.Channels;
        AkidaVariables variables = [];
        RecordedIntegers.AddShift(context, block.Root, "a_shift", "a_shift", channels, variables);
        RecordedIntegers.AddShift(context, block.Root, "b_shift", "b_shift", channels, variables);
        return new AkidaAdd { Name = layer.Name, Inbounds = inbounds }
            .Complete(context, block, new QuantizerSettings(layer.Name, layer.Settings).BufferBitwidth, channels, variables);
    }
}

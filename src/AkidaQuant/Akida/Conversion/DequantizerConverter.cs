using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A Dequantizer to Dequantizer (convert.md 4.12).</summary>
internal sealed class DequantizerConverter : BlockConverter
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } = [[typeof(Dequantizer)]];

    /// <inheritdoc/>
    public override bool Supports(AkidaVersion version) => version == AkidaVersion.V2;

    /// <inheritdoc/>
    public override void Check(Block block, ConversionContext context)
    {
    }

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        AkidaVariables variables = [];
        variables.Add("scales", NdArray<float>.Vector(DequantizationScales.Of(block.Root, context.Tail.Integers)));
        return new AkidaDequantizer { Name = block.Root.Node.Name, Inbounds = inbounds, Variables = variables };
    }
}

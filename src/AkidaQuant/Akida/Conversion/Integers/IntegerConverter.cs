using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>Turns one layer of given integers, a node of a quantized ONNX file, into one Akida 2.0 layer (convert.md 5).</summary>
internal abstract class IntegerConverter<TLayer> : BlockConverter
    where TLayer : IntegerLayer
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } = [[typeof(TLayer)]];

    /// <inheritdoc/>
    public override bool NeedsImage => false;

    /// <inheritdoc/>
    public override bool Supports(AkidaVersion version) => version == AkidaVersion.V2;

    /// <inheritdoc/>
    public override void Check(Block block, ConversionContext context) => Check((TLayer)block.Root.Node.Layer, block.Root, context);

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context) =>
        Convert((TLayer)block.Root.Node.Layer, block.Root, context) with { Inbounds = inbounds };

    /// <summary>Checks the rules of the layer.</summary>
    /// <exception cref="QuantException">A rule is broken.</exception>
    protected virtual void Check(TLayer layer, PlanStep<Node> step, ConversionContext context)
    {
    }

    /// <summary>Makes the Akida layer; what feeds it is added.</summary>
    protected abstract AkidaLayer Convert(TLayer layer, PlanStep<Node> step, ConversionContext context);
}

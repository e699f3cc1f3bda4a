using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>What the converters of temporal convolutions share (convert.md 4.9).</summary>
internal abstract class FrameConverter<TLayer> : BlockConverter
    where TLayer : QuantizedWeightedLayer
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } = BlockTail.Activation.Behind(typeof(TLayer));

    /// <inheritdoc/>
    public override bool Supports(AkidaVersion version) => version == AkidaVersion.V2;

    /// <inheritdoc/>
    public override void Check(Block block, ConversionContext context) =>
        ConvolutionRules.RequireWeightBits(
            context,
            block.Root,
            "weight_quantizer",
            Settings(block).Weights().Bitwidth,
            [.. Enumerable.Range(2, 7)]);

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        PlanStep<Node> main = block.Root;
        Shape frame = context.Input(main).Shape;
        AkidaVariables variables = [];
        AkidaFrameLayer layer = Make((TLayer)main.Node.Layer, frame.Channels, main, context, variables);
        RecordedIntegers.AddShift(context, main, "input_shift", "input_shift", frame.Channels, variables);
        int channels = main.Prepared.Output.Shape.Channels;
        RecordedIntegers.AddBias(context, main, channels, variables);
        QuantizerSettings settings = Settings(block);
        return (layer with { Inbounds = inbounds, WeightsBits = settings.Weights().Bitwidth })
            .Complete(context, block, settings.BufferBitwidth, channels, variables);
    }

    /// <summary>The Akida layer with its own parameters, and its weights among the variables.</summary>
    protected abstract AkidaFrameLayer Make(
        TLayer layer,
        int channels,
        PlanStep<Node> main,
        ConversionContext context,
        AkidaVariables variables);

    private static QuantizerSettings Settings(Block block)
    {
        var layer = (TLayer)block.Root.Node.Layer;
        return QuantizerSettings.OfKernel(layer.Name, layer.Settings);
    }
}

using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A dense layer to FullyConnected, whose inputs are flattened channels first (convert.md 9.1 and 9.2).</summary>
internal sealed class FullyConnectedConverter : BlockConverter
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } = DensePatterns.With(BlockTail.Rectifier);

    /// <inheritdoc/>
    public override bool Supports(AkidaVersion version) => version == AkidaVersion.V1;

    /// <inheritdoc/>
    public override void Check(Block block, ConversionContext context)
    {
        PlanStep<Node> main = block.Find<QuantizedDense>()!;
        context.Attempt(() => DensePatterns.RequireFlat(context, main));
        context.Attempt(() => ConvolutionRules.RequireWeightBits(context, main, "weight_quantizer", Bits(main), 1, 2, 4));
        context.Attempt(() => V1Rules.CheckActivation(context, block));
    }

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        PlanStep<Node> main = block.Find<QuantizedDense>()!;
        var layer = (QuantizedDense)main.Node.Layer;
        Shape input = InputShapes.Pad(context, context.Input(block.Root).Shape);
        NdArray<sbyte> weights = RecordedIntegers.Weights(context, main, "weight_quantizer", 1, 1, input.Size, layer.Units);
        AkidaVariables variables = [];
        variables.Add("weights", weights with { Values = AkidaFullyConnected.ChannelsFirst(weights.Values, input, layer.Units) });
        return new AkidaFullyConnected { Name = layer.Name, Inbounds = inbounds, Units = layer.Units, WeightsBits = Bits(main) }
            .Complete(context, block, main, layer.Units, variables);
    }

    private static int Bits(PlanStep<Node> main) =>
        QuantizerSettings.OfKernel(main.Node.Name, ((QuantizedDense)main.Node.Layer).Settings).Weights().Bitwidth;
}

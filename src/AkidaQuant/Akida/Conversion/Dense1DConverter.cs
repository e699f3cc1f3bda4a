using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A dense layer to Dense1D, the shift of the flattening before it included (convert.md 4.6 and 8.1).</summary>
internal sealed class Dense1DConverter : BlockConverter
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } = DensePatterns.With(BlockTail.Activation);

    /// <inheritdoc/>
    public override bool Supports(AkidaVersion version) => version == AkidaVersion.V2;

    /// <inheritdoc/>
    public override void Check(Block block, ConversionContext context)
    {
        PlanStep<Node> main = block.Find<QuantizedDense>()!;
        DensePatterns.RequireFlat(context, main);
        int bits = Settings(main).Weights().Bitwidth;
        ConvolutionRules.RequireWeightBits(context, main, "weight_quantizer", bits, [.. Enumerable.Range(2, 7)]);
    }

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        PlanStep<Node> main = block.Find<QuantizedDense>()!;
        var layer = (QuantizedDense)main.Node.Layer;
        QuantizerSettings settings = Settings(main);
        int inputs = context.Input(main).Shape.Size;
        AkidaVariables variables = [];
        variables.Add("weights", RecordedIntegers.Weights(context, main, "weight_quantizer", inputs, layer.Units));
        RecordedIntegers.AddShift(context, main, "input_shift", "input_shift", inputs, variables);
        if (block.Find<QuantizedFlatten>() is { } flatten)
        {
            RecordedIntegers.AddShift(context, flatten, "input_shift", "flatten_shift", context.Input(flatten).Shape.Channels, variables);
        }

        RecordedIntegers.AddBias(context, main, layer.Units, variables);
        AkidaDense1D converted = new()
        {
            Name = layer.Name,
            Inbounds = inbounds,
            Units = layer.Units,
            WeightsBits = settings.Weights().Bitwidth,
        };
        return converted.Complete(context, block, settings.BufferBitwidth, layer.Units, variables);
    }

    private static QuantizerSettings Settings(PlanStep<Node> main) =>
        QuantizerSettings.OfKernel(main.Node.Name, ((QuantizedDense)main.Node.Layer).Settings);
}

using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Numerics;

namespace AkidaQuant.Akida.Conversion;

/// <summary>An InputQuantizer to Quantizer, in both versions (convert.md 4.1).</summary>
internal sealed class QuantizerConverter : BlockConverter
{
    /// <inheritdoc/>
    public override bool IsInput => true;

    /// <inheritdoc/>
    public override bool NeedsImage => false;

    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } = [[typeof(InputQuantizer)]];

    /// <inheritdoc/>
    public override bool Supports(AkidaVersion version) => true;

    /// <inheritdoc/>
    public override void Check(Block block, ConversionContext context) => InputShapes.Pad(context, context.Model.InputShape);

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        PlanStep<Node> step = block.Root;
        var layer = (InputQuantizer)step.Node.Layer;
        AkidaVariables variables = [];
        variables.Add("scales", NdArray<float>.Vector(step.Prepared.Recorded.Integers("frac_bits")!.Map(Rounding.Pow2).Values));
        if (step.Prepared.Recorded.Tensor("zero_points") is { } zeroPoints)
        {
            variables.Add(
                "zero_points",
                NdArray<byte>.Vector(RecordedIntegers.Narrow<byte>(context, step, "zero points", zeroPoints.Values.Values)));
        }

        return new AkidaQuantizer
        {
            Name = layer.Name,
            InputShape = InputShapes.OfSamples(context),
            ChannelsFirst = InputShapes.TakesChannelsFirst(context),
            OutputBits = layer.Bitwidth,
            OutputSigned = layer.Signed,
            Variables = variables,
        };
    }
}

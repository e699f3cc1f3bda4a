using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A comparison with the model's input to PicoPostProcessing (convert.md 4.11).</summary>
internal sealed class PicoPostProcessingConverter : BlockConverter
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } = [[typeof(QuantizedPicoPostProcessing)]];

    /// <inheritdoc/>
    public override bool Supports(AkidaVersion version) => version == AkidaVersion.V2;

    /// <inheritdoc/>
    public override void Check(Block block, ConversionContext context)
    {
        double threshold = ((QuantizedPicoPostProcessing)block.Root.Node.Layer).Threshold;
        if (threshold is < 0 or > ushort.MaxValue)
        {
            throw context.Error(
                "AkidaThresholdRange",
                block.Root,
                $"its threshold is {threshold}, and must be from 0 to {ushort.MaxValue}.");
        }
    }

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        PlanStep<Node> step = block.Root;
        var layer = (QuantizedPicoPostProcessing)step.Node.Layer;
        int channels = context.Input(step).Shape.Channels;
        AkidaVariables variables = [];
        if (step.Prepared.Recorded.Tensor("out_quantizer/qscales") is { } scales)
        {
            long[] values = RecordedIntegers.Expand(scales.Values.Values, channels);
            variables.Add(
                "input_scales",
                NdArray<ushort>.Vector(RecordedIntegers.Narrow<ushort>(context, step, "prediction scale", values)));
        }

        int[] shifts = RecordedIntegers.Expand(step.Prepared.Recorded.Integers("out_quantizer/shift")!.Values, channels);
        variables.Add(
            "input_shift",
            NdArray<sbyte>.Vector(
                RecordedIntegers.Narrow<sbyte>(context, step, "prediction shift", Array.ConvertAll(shifts, shift => (long)shift))));
        variables.Add("threshold", NdArray<ushort>.Vector([(ushort)layer.WholeThreshold]));
        return new AkidaPicoPostProcessing
        {
            Name = layer.Name,
            Inbounds = inbounds,
            BufferBits = layer.OutputQuantizer!.BufferBitwidth,
            Variables = variables,
        };
    }
}

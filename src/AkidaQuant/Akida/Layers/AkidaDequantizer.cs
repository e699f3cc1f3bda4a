using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>Integers to float32: times <c>scales</c>, one for the tensor or one a channel (akida-model.md 1.4, convert.md 4.12).</summary>
public sealed record AkidaDequantizer : AkidaLayer
{
    /// <inheritdoc/>
    public override string TypeName => "Dequantizer";

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters => [];

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [AkidaVariableRule.Finite("scales", Channels(input))];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        TensorSpec input = inputs[0];
        Integers(input);
        int channels = input.Shape.Channels;
        float[] scales = Variables.Find<float>("scales")?.Values ?? [1f];
        if (scales.Length != 1 && scales.Length != channels)
        {
            throw Invalid("AkidaVariableShape", $"its variable 'scales' must have 1 or {channels} values, but it has {scales.Length}.");
        }

        Dequantization kernel = new(
            channels, new int[channels], scales.Length == channels ? scales : [.. Enumerable.Repeat(scales[0], channels)]);
        return PreparedLayer.Divided(
            new FloatSpec(input.Shape),
            () => (tensors, output, batch, share) =>
                kernel.Run((IntegerData)tensors[0], ((FloatData)output).Values(batch), batch, share));
    }
}

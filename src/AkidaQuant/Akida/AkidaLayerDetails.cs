using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;

namespace AkidaQuant;

/// <summary>What is known of a layer of an Akida model with its inputs, for people (akida-model.md 1.6).</summary>
/// <param name="Model">The Akida model.</param>
/// <param name="Name">The name of the layer.</param>
/// <param name="Type">Its type, such as <c>Conv2D</c>.</param>
/// <param name="Inbounds">The layers that feed it.</param>
/// <param name="InputDims">The dimensions (X, Y, C) of what it takes, of the first where it takes several.</param>
/// <param name="OutputDims">The dimensions (X, Y, C) of what it gives.</param>
/// <param name="InputBits">Bits of what it takes, the sign included; null for floats.</param>
/// <param name="OutputBits">Bits of what it gives, the sign included; null for floats.</param>
/// <param name="OutputSigned">Whether what it gives has a sign.</param>
/// <param name="Macs">Multiplications for one sample.</param>
/// <param name="Variables">The variables that are set.</param>
/// <param name="Missing">The variables that must be set before the model can run.</param>
public sealed record AkidaLayerDetails(
    string Model,
    string Name,
    string Type,
    ValueList<string> Inbounds,
    string InputDims,
    string OutputDims,
    int? InputBits,
    int? OutputBits,
    bool OutputSigned,
    long Macs,
    ValueList<string> Variables,
    ValueList<string> Missing)
{
    /// <summary>The layer and its dimensions: <c>conv (Conv2D): (28, 28, 1) to (14, 14, 16)</c>.</summary>
    public override string ToString() => Printable.Of($"{Name} ({Type}): {InputDims} to {OutputDims}");

    internal static AkidaLayerDetails Of(AkidaModel model, AkidaLayer layer, PlanStep<AkidaLayer> step)
    {
        (TensorSpec input, TensorSpec output) = (step.Taken[0], step.Prepared.Output);
        return new AkidaLayerDetails(
            model.Name,
            layer.Name,
            layer.TypeName,
            [.. layer.Inbounds],
            input.Shape.ToString(),
            output.Shape.ToString(),
            (input as QuantizedSpec)?.Bits,
            (output as QuantizedSpec)?.Bits,
            output is not QuantizedSpec { IsSigned: false },
            step.Prepared.Macs,
            [.. layer.Variables.Names],
            [.. layer.Rules(input.Shape).Where(rule => rule.IsRequired && !layer.Variables.Contains(rule.Name)).Select(rule => rule.Name)]);
    }
}

using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>The rectifier and its upper bound (convert.md 3.3).</summary>
internal sealed class ReluInBlock : BlockActivation
{
    /// <inheritdoc/>
    public override Type Layer => typeof(QuantizedReLU);

    /// <inheritdoc/>
    public override ActivationType Type => ActivationType.ReLU;

    /// <inheritdoc/>
    public override void AddVariables(
        ConversionContext context, Block block, PlanStep<Node> step, int bufferBits, int channels, AkidaVariables variables) =>
        RecordedIntegers.AddMaxValue(context, step, channels, variables);
}

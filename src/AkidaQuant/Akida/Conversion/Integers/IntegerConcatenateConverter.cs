using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>Two images joined along their channels to Concatenate.</summary>
internal sealed class IntegerConcatenateConverter : IntegerConverter<IntegerConcatenate>
{
    /// <inheritdoc/>
    protected override AkidaLayer Convert(IntegerConcatenate layer, PlanStep<Node> step, ConversionContext context) =>
        new AkidaConcatenate { Name = layer.Name };
}

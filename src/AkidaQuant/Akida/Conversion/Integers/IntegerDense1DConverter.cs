using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>A dense layer to Dense1D; both take images in the same order.</summary>
internal sealed class IntegerDense1DConverter : IntegerConverter<IntegerDense1D>
{
    /// <inheritdoc/>
    protected override AkidaLayer Convert(IntegerDense1D layer, PlanStep<Node> step, ConversionContext context)
    {
        AkidaVariables variables = [];
        variables.Add("weights", layer.Kernel);
        return new AkidaDense1D { Name = layer.Name, Units = layer.Kernel.Shape[1] }.Complete(context, step, layer.Tail, variables);
    }
}

using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>A transposed convolution to Conv2DTranspose.</summary>
internal sealed class IntegerConv2DTransposeConverter : IntegerTransposedConverter<IntegerConv2DTranspose>
{
    /// <inheritdoc/>
    protected override AkidaLayer Convert(IntegerConv2DTranspose layer, PlanStep<Node> step, ConversionContext context)
    {
        AkidaVariables variables = [];
        variables.Add("weights", layer.Kernel);
        return new AkidaConv2DTranspose { Name = layer.Name, Filters = layer.Kernel.Shape.Channels, KernelSize = layer.KernelSize.Height }
            .Complete(context, step, layer.Tail, variables);
    }
}

using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>A convolution of signed bytes to Conv2D.</summary>
internal sealed class IntegerConv2DConverter : IntegerSpatialConverter<IntegerConv2D>
{
    /// <inheritdoc/>
    protected override AkidaLayer Convert(IntegerConv2D layer, PlanStep<Node> step, ConversionContext context)
    {
        AkidaVariables variables = [];
        variables.Add("weights", KernelFlip.Turn(layer.Kernel));
        AkidaConv2D converted = new()
        {
            Name = layer.Name,
            Filters = layer.Kernel.Shape.Channels,
            KernelSize = layer.Window.KernelSize.Height,
        };
        return Complete(converted, layer, step, context, variables);
    }
}

using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>The first convolution of unsigned bytes to InputConv2D.</summary>
internal sealed class IntegerInputConv2DConverter : IntegerSpatialConverter<IntegerInputConv2D>
{
    /// <inheritdoc/>
    public override bool IsInput => true;

    /// <inheritdoc/>
    protected override int[] UpperKernels => [3, 5, 7];

    /// <inheritdoc/>
    protected override void Check(IntegerInputConv2D layer, PlanStep<Node> step, ConversionContext context)
    {
        base.Check(layer, step, context);
        if (Array.FindIndex(layer.PaddingValues, value => value is < 0 or > byte.MaxValue) is var wrong and >= 0)
        {
            throw context.Error(
                "AkidaPaddingValueRange",
                step,
                $"its padding value of channel {wrong} is {layer.PaddingValues[wrong]}, and must be from 0 to 255. Rescale the input so that its zero lies among the bytes.");
        }
    }

    /// <inheritdoc/>
    protected override AkidaLayer Convert(IntegerInputConv2D layer, PlanStep<Node> step, ConversionContext context)
    {
        AkidaVariables variables = [];
        variables.Add("weights", layer.Kernel);
        variables.Add("padding_value", NdArray<byte>.Vector(Array.ConvertAll(layer.PaddingValues, value => (byte)value)));
        AkidaInputConv2D converted = new()
        {
            Name = layer.Name,
            InputShape = context.Input(step).Shape,
            Filters = layer.Kernel.Shape.Channels,
            KernelSize = layer.Window.KernelSize.Height,
        };
        return Complete(converted, layer, step, context, variables);
    }
}

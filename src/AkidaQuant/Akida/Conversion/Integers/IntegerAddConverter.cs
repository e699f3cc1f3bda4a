using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>A sum to Add.</summary>
internal sealed class IntegerAddConverter : IntegerConverter<IntegerAdd>
{
    /// <inheritdoc/>
    protected override void Check(IntegerAdd layer, PlanStep<Node> step, ConversionContext context)
    {
        if (step.Inputs[0] == step.Inputs[1])
        {
            throw context.Error(
                "AkidaAddSameInput",
                step,
                $"it adds '{step.Node.Inputs[0]}' to itself, and Akida adds the outputs of two layers. Put a convolution before one of its inputs.");
        }
    }

    /// <inheritdoc/>
    protected override AkidaLayer Convert(IntegerAdd layer, PlanStep<Node> step, ConversionContext context)
    {
        AkidaVariables variables = [];
        variables.Add("a_shift", NdArray<byte>.Vector(Array.ConvertAll(layer.LeftShifts, shift => (byte)shift)));
        variables.Add("b_shift", NdArray<byte>.Vector(Array.ConvertAll(layer.RightShifts, shift => (byte)shift)));
        return new AkidaAdd { Name = layer.Name }.Complete(context, step, new IntegerTail { Rescaling = layer.Rescaling }, variables);
    }
}

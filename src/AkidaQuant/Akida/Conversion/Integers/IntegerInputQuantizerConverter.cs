using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>An input quantizer to Quantizer, with the divisors of the file beside the reference's reciprocals of them.</summary>
internal sealed class IntegerInputQuantizerConverter : IntegerConverter<IntegerInputQuantizer>
{
    /// <inheritdoc/>
    public override bool IsInput => true;

    /// <inheritdoc/>
    protected override void Check(IntegerInputQuantizer layer, PlanStep<Node> step, ConversionContext context)
    {
        InputShapes.Pad(context, context.Model.InputShape);
        if (context.Model.Consumers(layer.Name) is not [_])
        {
            throw context.Error(
                "AkidaQuantizerConsumers",
                step,
                $"{context.Model.Consumers(layer.Name).Count} layers take its output ({string.Join(", ", context.Model.Consumers(layer.Name).Select(node => node.Name))}), and one can. Put a convolution before the branch.");
        }
    }

    /// <inheritdoc/>
    protected override AkidaLayer Convert(IntegerInputQuantizer layer, PlanStep<Node> step, ConversionContext context)
    {
        float[] divisors = layer.Step.Span.ToArray();
        AkidaVariables variables = [];
        variables.Add("scales", NdArray<float>.Vector(Array.ConvertAll(divisors, divisor => 1f / divisor)));
        variables.Add("zero_points", NdArray<byte>.Vector(Array.ConvertAll(layer.ZeroPoints, value => (byte)value)));
        variables.Add(AkidaQuantizer.Divisors, NdArray<float>.Vector(divisors));
        return new AkidaQuantizer
        {
            Name = layer.Name,
            InputShape = InputShapes.OfSamples(context),
            ChannelsFirst = InputShapes.TakesChannelsFirst(context),
            OutputBits = 8,
            OutputSigned = layer.IsSigned,
            Variables = variables,
        };
    }
}

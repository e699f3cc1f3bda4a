using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>A convolution over time to BufferTempConv.</summary>
internal sealed class IntegerBufferTempConvConverter : IntegerConverter<IntegerBufferTempConv>
{
    /// <inheritdoc/>
    protected override AkidaLayer Convert(IntegerBufferTempConv layer, PlanStep<Node> step, ConversionContext context)
    {
        (int frames, int channels, int filters) = (layer.Kernel.Shape[0], layer.Kernel.Shape[1], layer.Kernel.Shape[2]);
        AkidaVariables variables = [];
        variables.Add("weights", new NdArray<sbyte>(new Shape(1, 1, frames * channels, filters), layer.Kernel.Values));
        return new AkidaBufferTempConv
        {
            Name = layer.Name,
            Filters = filters,
            FifoSize = frames,
        }.Complete(context, step, layer.Tail, variables);
    }
}

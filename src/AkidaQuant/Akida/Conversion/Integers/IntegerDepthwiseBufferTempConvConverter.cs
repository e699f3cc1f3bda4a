using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>A depthwise convolution over time to DepthwiseBufferTempConv.</summary>
internal sealed class IntegerDepthwiseBufferTempConvConverter : IntegerConverter<IntegerDepthwiseBufferTempConv>
{
    /// <inheritdoc/>
    protected override AkidaLayer Convert(IntegerDepthwiseBufferTempConv layer, PlanStep<Node> step, ConversionContext context)
    {
        (int frames, int channels) = (layer.Kernel.Shape[0], layer.Kernel.Shape[1]);
        AkidaVariables variables = [];
        variables.Add("weights", new NdArray<sbyte>(new Shape(1, 1, frames, channels), layer.Kernel.Values));
        return new AkidaDepthwiseBufferTempConv { Name = layer.Name, FifoSize = frames }.Complete(context, step, layer.Tail, variables);
    }
}

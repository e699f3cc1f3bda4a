using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>
/// A depthwise convolution to DepthwiseConv2D. Its pool is converted with it, where the reference drops it without a word
/// (convert.md 8.7).
/// </summary>
internal sealed class IntegerDepthwiseConv2DConverter : IntegerSpatialConverter<IntegerDepthwiseConv2D>
{
    /// <inheritdoc/>
    protected override AkidaLayer Convert(IntegerDepthwiseConv2D layer, PlanStep<Node> step, ConversionContext context)
    {
        int size = layer.Window.KernelSize.Height;
        AkidaVariables variables = [];
        variables.Add(
            "weights",
            new NdArray<sbyte>(new Shape(size, size, layer.Kernel.Shape.Channels, 1), KernelFlip.Turn(layer.Kernel).Values));
        return Complete(new AkidaDepthwiseConv2D { Name = layer.Name, KernelSize = size }, layer, step, context, variables);
    }
}

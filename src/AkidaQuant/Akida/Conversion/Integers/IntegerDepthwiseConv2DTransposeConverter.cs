using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>A depthwise transposed convolution to DepthwiseConv2DTranspose.</summary>
internal sealed class IntegerDepthwiseConv2DTransposeConverter : IntegerTransposedConverter<IntegerDepthwiseConv2DTranspose>
{
    /// <inheritdoc/>
    protected override AkidaLayer Convert(IntegerDepthwiseConv2DTranspose layer, PlanStep<Node> step, ConversionContext context)
    {
        int size = layer.KernelSize.Height;
        AkidaVariables variables = [];
        variables.Add("weights", new NdArray<sbyte>(new Shape(size, size, layer.Kernel.Shape.Channels, 1), layer.Kernel.Values));
        return new AkidaDepthwiseConv2DTranspose { Name = layer.Name, KernelSize = size }.Complete(context, step, layer.Tail, variables);
    }
}

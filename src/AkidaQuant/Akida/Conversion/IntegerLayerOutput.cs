using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Akida.Conversion;

/// <summary>The parameters and variables that all Akida 2.0 layers take from a block alike (convert.md 3.3).</summary>
internal static class IntegerLayerOutput
{
    /// <summary>The layer with the bits, the activation and the output variables of its block.</summary>
    public static T Complete<T>(
        this T layer,
        ConversionContext context,
        Block block,
        int bufferBits,
        int channels,
        AkidaVariables variables)
        where T : AkidaIntegerLayer
    {
        if (BlockActivation.In(block) is var (activation, step))
        {
            activation.AddVariables(context, block, step, bufferBits, channels, variables);
            layer = layer with { Activation = activation.Type };
        }
        else
        {
            layer = layer with { Activation = ActivationType.NoActivation };
        }

        RecordedIntegers.AddOutput(context, block, bufferBits, channels, variables);
        OutputQuantizer? quantizer = block.OutputQuantizer;
        return layer with
        {
            BufferBits = bufferBits,
            PostOpBufferBits = PostOpBuffer.Bits(context, block) ?? layer.PostOpBufferBits,
            OutputBits = quantizer?.Bitwidth ?? bufferBits,
            OutputSigned = quantizer?.Signed ?? true,
            Variables = variables,
        };
    }

    /// <summary>The layer with the pool of its block.</summary>
    public static T WithPool<T>(this T layer, Block block)
        where T : AkidaSpatialLayer
    {
        (PoolType type, ConvolutionWindow? window) = ConvolutionRules.Pool(block);
        return layer with
        {
            PoolType = type,
            PoolSize = window?.KernelSize.Height ?? AkidaSpatialLayer.Default,
            PoolStride = window?.Strides.Height ?? AkidaSpatialLayer.Default,
        };
    }
}

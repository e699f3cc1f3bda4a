using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A depthwise temporal convolution to DepthwiseBufferTempConv.</summary>
internal sealed class DepthwiseBufferTempConvConverter : FrameConverter<QuantizedDepthwiseBufferTempConv>
{
    /// <inheritdoc/>
    protected override AkidaFrameLayer Make(
        QuantizedDepthwiseBufferTempConv layer,
        int channels,
        PlanStep<Node> main,
        ConversionContext context,
        AkidaVariables variables)
    {
        variables.Add("weights", RecordedIntegers.Weights(context, main, "weight_quantizer", 1, 1, layer.KernelSize, channels));
        return new AkidaDepthwiseBufferTempConv { Name = layer.Name, FifoSize = layer.KernelSize };
    }
}

using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A temporal convolution to BufferTempConv.</summary>
internal sealed class BufferTempConvConverter : FrameConverter<QuantizedBufferTempConv>
{
    /// <inheritdoc/>
    protected override AkidaFrameLayer Make(
        QuantizedBufferTempConv layer,
        int channels,
        PlanStep<Node> main,
        ConversionContext context,
        AkidaVariables variables)
    {
        variables.Add(
            "weights",
            RecordedIntegers.Weights(context, main, "weight_quantizer", 1, 1, layer.KernelSize * channels, layer.Filters));
        return new AkidaBufferTempConv
        {
            Name = layer.Name,
            Filters = layer.Filters,
            FifoSize = layer.KernelSize,
        };
    }
}

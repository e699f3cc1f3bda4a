using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>What the converters of transposed convolutions of given integers share (convert.md 5.5).</summary>
internal abstract class IntegerTransposedConverter<TLayer> : IntegerConverter<TLayer>
    where TLayer : IntegerTransposedLayer
{
    /// <inheritdoc/>
    protected override void Check(TLayer layer, PlanStep<Node> step, ConversionContext context)
    {
        (int height, int width) = layer.KernelSize;
        if (height != width)
        {
            throw context.Error("AkidaKernelNotSquare", step, $"its kernel is {height}x{width}. Use a square kernel.");
        }

        int cut = Math.Max(height - AkidaTransposedLayer.Stride, 0);
        EdgePads crop = new(cut / 2, cut / 2, cut - (cut / 2), cut - (cut / 2));
        if (
            layer.Strides != (AkidaTransposedLayer.Stride, AkidaTransposedLayer.Stride)
            || layer.Crop != crop
            || height < AkidaTransposedLayer.Stride)
        {
            throw context.Error(
                "AkidaTransposedWindow",
                step,
                $"with a kernel of {height}x{width} it has strides of {layer.Strides.Height} and {layer.Strides.Width} and cuts {layer.Crop} off, and Akida has strides of {AkidaTransposedLayer.Stride}, cuts {crop} off and doubles rows and columns. Use these.");
        }
    }
}

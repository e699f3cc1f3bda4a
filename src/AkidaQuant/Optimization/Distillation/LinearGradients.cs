using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>The linear parts of weighted layers.</summary>
internal static class LinearGradients
{
    /// <summary>The linear part of a layer; null for one that cannot be trained through.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">The shape that it takes.</param>
    public static KernelGradient? Of(Layer layer, Shape input)
    {
        switch (layer)
        {
            case QuantizedConv2D convolution:
                return new ConvolutionGradient(
                    convolution.Window.Over(layer, input, convolution.Filters, convolution.PaddingValue is not null),
                    convolution.PaddingValue,
                    Kernel(convolution, convolution.Kernel, convolution.Filters, LastAxis(convolution.Filters, 3)));
            case QuantizedDense { IsStateful: false } dense:
                return ConvolutionGradient.OfDense(
                    input.Size / input.Channels,
                    input.Channels,
                    dense.Units,
                    Kernel(dense, dense.Kernel, dense.Units, LastAxis(dense.Units, 1)));
            case QuantizedDepthwiseConv2D depthwise:
                return new DepthwiseGradient(
                    depthwise.Window.Over(layer, input, input.Channels),
                    Kernel(depthwise, depthwise.Kernel, input.Channels, _ => input.Channels));
            case QuantizedConv2DTranspose transposed:
                return new TransposedConvolutionGradient(
                    transposed.Window.Over(layer, input, transposed.Filters),
                    Kernel(transposed, transposed.Kernel, input.Channels, LastAxis(transposed.Filters, 3), inner: input.Channels));
            case QuantizedDepthwiseConv2DTranspose transposed:
                return new DepthwiseGradient(
                    transposed.Window.Over(layer, input, input.Channels),
                    Kernel(transposed, transposed.Kernel, input.Channels, axis => axis is -2 or 2 ? input.Channels : LastAxis(1, 3)(axis)),
                    isTransposed: true);
            case QuantizedSeparableConv2D separable:
                QuantizerSettings settings = QuantizedSeparableConv2D.SettingsOf(layer.Name, separable.Settings);
                return new SeparableGradient(
                    separable.Window.Over(layer, input, input.Channels),
                    separable.Filters,
                    Kernel(settings, "dw_weight_quantizer", separable.DepthwiseKernel, input.Channels, _ => 1),
                    Kernel(settings, "pw_weight_quantizer", separable.PointwiseKernel, separable.Filters, LastAxis(separable.Filters, 3)));
            default:
                return null;
        }
    }

    /// <summary>The scales of a kernel whose last axis has so many channels, by the axis of its settings (numerics.md 5.2).</summary>
    private static Func<int?, int?> LastAxis(int channels, int last) =>
        axis => axis is null ? 1 : axis == -1 || axis == last ? channels : null;

    private static LayerKernel Kernel(
        QuantizedWeightedLayer layer, NdArray<float> kernel, int columns, Func<int?, int?> groups, int inner = 1) =>
        Kernel(QuantizerSettings.OfKernel(layer.Name, layer.Settings), "weight_quantizer", kernel, columns, groups, inner);

    private static LayerKernel Kernel(
        QuantizerSettings settings, string key, NdArray<float> kernel, int columns, Func<int?, int?> groups, int inner = 1) =>
        new(kernel.Values, columns, TrainedKernel.Of(kernel, settings, key, groups, inner));
}

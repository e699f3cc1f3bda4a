using System.Buffers;
using AkidaQuant.Geometry;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>The gradients of a depthwise convolution followed by a pointwise one; what lies between is computed again.</summary>
/// <param name="geometry">The sizes of the depthwise one.</param>
/// <param name="filters">The channels of the output.</param>
/// <param name="depthwiseKernel">(rows, columns, channels, 1).</param>
/// <param name="pointwiseKernel">(channels, filters).</param>
internal sealed class SeparableGradient(
    ConvolutionGeometry geometry, int filters, LayerKernel depthwiseKernel, LayerKernel pointwiseKernel) : KernelGradient
{
    private readonly DepthwiseGradient _depthwise = new(geometry, depthwiseKernel);
    private readonly ConvolutionGradient _pointwise =
        ConvolutionGradient.OfDense(geometry.OutputHeight * geometry.OutputWidth, geometry.InputChannels, filters, pointwiseKernel);

    /// <inheritdoc/>
    public override IReadOnlyList<LayerKernel> Kernels => [depthwiseKernel, pointwiseKernel];

    /// <inheritdoc/>
    public override void Add(
        ReadOnlySpan<float> input, ReadOnlySpan<float> byOutput, Span<float> byInput, IReadOnlyList<float[]> byKernels, int batch)
    {
        int size = geometry.OutputSize;
        float[] between = ArrayPool<float>.Shared.Rent(2 * size);
        for (int sample = 0; sample < batch; sample++)
        {
            ReadOnlySpan<float> image = input.Slice(sample * geometry.InputSize, geometry.InputSize);
            Span<float> values = between.AsSpan(0, size);
            Span<float> gradient = between.AsSpan(size, size);
            _depthwise.Convolve(image, values);
            gradient.Clear();
            int outputs = size / geometry.InputChannels * filters;
            _pointwise.Add(values, byOutput.Slice(sample * outputs, outputs), gradient, [byKernels[1]], 1);
            Span<float> byImage = byInput.IsEmpty ? [] : byInput.Slice(sample * geometry.InputSize, geometry.InputSize);
            _depthwise.Add(image, gradient, byImage, [byKernels[0]], 1);
        }

        ArrayPool<float>.Shared.Return(between);
    }
}

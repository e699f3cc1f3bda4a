using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Products;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Float;

/// <summary>
/// Depthwise transposed convolution of float32 images (layers.md 4.5), channels last. The same bits whatever the batch
/// and the thread.
/// </summary>
public sealed class FloatDepthwiseTransposedConvolution
{
    private readonly TransposedChannelFilter<float> _filter;
    private readonly float[]? _bias;

    /// <summary>A kernel.</summary>
    /// <param name="forward">The convolution that is transposed: its output is the input here, its input the output.</param>
    /// <param name="kernel">(kernel height, kernel width, channels).</param>
    /// <param name="bias">One value a channel, or null.</param>
    public FloatDepthwiseTransposedConvolution(in ConvolutionGeometry forward, float[] kernel, float[]? bias)
    {
        int channels = forward.InputChannels;
        KernelArguments.ExpectLength(kernel, forward.KernelHeight * forward.KernelWidth * channels, nameof(kernel));
        KernelArguments.ExpectLength(bias, channels, nameof(bias));
        _filter = new TransposedChannelFilter<float>(forward, kernel);
        _bias = bias;
    }

    /// <summary>Computes a batch, or a part of it, and what becomes of its values.</summary>
    /// <param name="input">(batch, input height, input width, channels).</param>
    /// <param name="output">(batch, output height, output width, channels).</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What is done to finished values; null for nothing.</param>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, WorkShare share = default, FloatFinish? finish = null) =>
        FloatSamples.Run(_filter, _bias, input, output, batch, share, finish);
}

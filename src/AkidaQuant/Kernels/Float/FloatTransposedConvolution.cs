using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Float;

/// <summary>
/// Transposed convolution of float32 images (layers.md 3 and 4.3), channels last. The same bits whatever the
/// batch, the thread and the instruction set.
/// </summary>
public sealed class FloatTransposedConvolution
{
    private readonly TransposedProduct<float, float> _product;
    private readonly float[]? _bias;

    /// <summary>Packs the weights.</summary>
    /// <param name="forward">The convolution that is transposed: its output is the input here, its input the output.</param>
    /// <param name="kernel">(kernel height, kernel width, input channels, filters).</param>
    /// <param name="bias">One value a filter, or null.</param>
    public FloatTransposedConvolution(in ConvolutionGeometry forward, float[] kernel, float[]? bias)
        : this(forward, kernel, bias, InstructionSets.Best)
    {
    }

    internal FloatTransposedConvolution(in ConvolutionGeometry forward, float[] kernel, float[]? bias, InstructionSet set)
    {
        int taps = forward.KernelHeight * forward.KernelWidth;
        (int channels, int filters) = (forward.OutputChannels, forward.InputChannels);
        KernelArguments.ExpectLength(kernel, taps * channels * filters, nameof(kernel));
        KernelArguments.ExpectLength(bias, filters, nameof(bias));
        _bias = bias;
        float[] matrix = TransposedKernel.ToMatrix(kernel, taps, channels, filters);
        _product = new TransposedProduct<float, float>(forward, PackedMatrix.Of<float>(matrix, channels, taps * filters, default, set));
    }

    /// <summary>Computes a batch, or a part of it, and what becomes of its values.</summary>
    /// <param name="input">(batch, input height, input width, input channels).</param>
    /// <param name="output">(batch, output height, output width, filters).</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What is done to finished values; null for nothing.</param>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, WorkShare share = default, FloatFinish? finish = null) =>
        FloatSamples.Run(_product, _bias, input, output, batch, share, finish);
}

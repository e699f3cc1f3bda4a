using System.Numerics;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Products;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Depthwise transposed convolution of integer images (layers.md 4.5, convert.md 6.2), channels last, in the
/// narrowest arithmetic that is exact for its weights and inputs: each sum is saturated once.
/// </summary>
public sealed class IntegerDepthwiseTransposedConvolution
{
    private readonly IntegerSampleSums.BatchKernel _run;

    /// <summary>Chooses the arithmetic.</summary>
    /// <param name="forward">The convolution that is transposed: its output is the input here, its input the output.</param>
    /// <param name="weights">(kernel height, kernel width, channels).</param>
    /// <param name="inputShift">
    /// The left shift of each channel, saturated to <paramref name="valueBits"/> before the product; null for none.
    /// </param>
    /// <param name="inputRange">The integers that the input holds.</param>
    /// <param name="valueBits">The magnitude bits of shifted inputs and of sums.</param>
    /// <exception cref="ArgumentException">An array has a wrong length, or a sum may exceed 63 bits.</exception>
    public IntegerDepthwiseTransposedConvolution(
        in ConvolutionGeometry forward, int[] weights, int[]? inputShift, ValueRange inputRange, int valueBits)
    {
        int channels = forward.InputChannels;
        KernelArguments.ExpectLength(weights, forward.KernelHeight * forward.KernelWidth * channels, nameof(weights));
        ConvolutionGeometry sizes = forward;
        IntegerSampleSums sums = new(weights, channels, channels, inputShift, inputRange, valueBits, isChannelwise: true);
        OutputRange = sums.OutputRange;
        _run = sums.FitInt32 ? Make<int>() : sums.Bounds.FitsDouble ? Make<double>() : Make<long>();

        IntegerSampleSums.BatchKernel Make<T>()
            where T : unmanaged, INumber<T> =>
            sums.OverBatch(new TransposedChannelFilter<T>(sizes, Array.ConvertAll(weights, T.CreateTruncating)));
    }

    /// <summary>The integers that the output can hold, from the weights and the range of the inputs.</summary>
    public ValueRange OutputRange { get; }

    /// <summary>Computes a batch, or a part of it, and what becomes of its sums.</summary>
    /// <param name="input">(batch, input height, input width, channels).</param>
    /// <param name="output">
    /// (batch, output height, output width, channels), in a storage that holds <see cref="OutputRange"/>, or the range of
    /// <paramref name="finish"/>.
    /// </param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What is done to finished sums; null for nothing.</param>
    /// <exception cref="ArgumentException">The output's storage is too narrow.</exception>
    public void Run(IntegerData input, IntegerData output, int batch, WorkShare share = default, IntegerFinish? finish = null) =>
        _run(input, output, batch, share, finish);
}

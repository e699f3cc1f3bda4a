using System.Numerics;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Depthwise convolution of integer images (layers.md 4.4, convert.md 6.2), channels last, in the narrowest
/// arithmetic that is exact for its weights and inputs: each sum is saturated once.
/// </summary>
/// <remarks>
/// Four kinds of arithmetic, the first one that is exact for whatever the input may hold. The bound of a sum is that of all its
/// products' magnitudes, which no partial sum exceeds.
/// <code>
///   weights, activations and sums of 16 bits       one product in each lane of 16 bits
///   weights and activations of 16, sums of 32      pairs of taps: two products in each lane of 32 bits
///   sums of 32 bits; of at most 2^53; of 63        one product in each lane of ints, doubles or longs
/// </code>
/// </remarks>
public sealed class IntegerDepthwiseConvolution
{
    private readonly IntegerSampleSums.BatchKernel _run;

    /// <summary>Packs the weights and chooses the arithmetic.</summary>
    /// <param name="geometry">The sizes; input and output have the same channels.</param>
    /// <param name="weights">(kernel height, kernel width, channels).</param>
    /// <param name="inputShift">
    /// The left shift of each channel, saturated to <paramref name="valueBits"/> before the product; null for none.
    /// </param>
    /// <param name="inputRange">The integers that the input holds.</param>
    /// <param name="valueBits">The magnitude bits of shifted inputs and of sums.</param>
    /// <exception cref="ArgumentException">An array has a wrong length.</exception>
    /// <exception cref="QuantException">SumsTooWide: a sum may exceed 63 bits.</exception>
    public IntegerDepthwiseConvolution(
        in ConvolutionGeometry geometry, int[] weights, int[]? inputShift, ValueRange inputRange, int valueBits)
        : this(geometry, weights, inputShift, inputRange, valueBits, InstructionSets.Best)
    {
    }

    internal IntegerDepthwiseConvolution(
        in ConvolutionGeometry geometry, int[] weights, int[]? inputShift, ValueRange inputRange, int valueBits, InstructionSet set)
    {
        int channels = geometry.InputChannels;
        KernelArguments.ExpectLength(weights, geometry.KernelHeight * geometry.KernelWidth * channels, nameof(weights));
        ConvolutionGeometry sizes = geometry;
        IntegerSampleSums sums = new(weights, channels, channels, inputShift, inputRange, valueBits, isChannelwise: true);
        OutputRange = sums.OutputRange;
        _run = Narrow() ?? (sums.FitInt32 ? Make<int>(weights) : sums.Bounds.FitsDouble ? Make<double>(weights) : Make<long>(weights));

        IntegerSampleSums.BatchKernel? Narrow()
        {
            if (!sums.Bounds.FitsInt32 || !IntegerContraction.Fits16(inputRange))
            {
                return null;
            }

            int[]? folded = IntegerContraction.Fold(weights, 1, inputShift, inputRange, valueBits, []);
            int[]? narrow = folded ?? (sums.InputsFit(ValueRange.OfBits(15)) ? weights : null);
            if (narrow is null || !Array.TrueForAll(narrow, weight => weight == (short)weight))
            {
                return null;
            }

            ShiftedInput? unshifted = folded is null ? null : new(null, valueBits, inputRange);
            return sums.Bounds.FitsInt16
                ? Make<short>(narrow, unshifted)
                : ChannelFilter.OfPairs(sizes, Array.ConvertAll(narrow, weight => (short)weight), set) is { } pairs
                ? sums.OverBatch(pairs, unshifted)
                : null;
        }

        IntegerSampleSums.BatchKernel Make<T>(int[] values, ShiftedInput? reader = null)
            where T : unmanaged, INumber<T> =>
            sums.OverBatch(ChannelFilter.Of<T>(sizes, Array.ConvertAll(values, T.CreateTruncating), default, set), reader);
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

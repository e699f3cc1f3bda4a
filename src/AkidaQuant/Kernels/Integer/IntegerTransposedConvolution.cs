using System.Numerics;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Transposed convolution of integer images (layers.md 4.3, convert.md 6.2), channels last, in the narrowest
/// arithmetic that is exact for its weights and inputs: each sum is saturated once.
/// </summary>
public sealed class IntegerTransposedConvolution
{
    private readonly IntegerSampleSums.BatchKernel _run;

    /// <summary>Packs the weights and chooses the arithmetic.</summary>
    /// <param name="forward">The convolution that is transposed: its output is the input here, its input the output.</param>
    /// <param name="weights">(kernel height, kernel width, input channels, filters).</param>
    /// <param name="inputShift">
    /// The left shift of each input channel, saturated to <paramref name="valueBits"/> before the product; null for
    /// none.
    /// </param>
    /// <param name="inputRange">The integers that the input holds.</param>
    /// <param name="valueBits">The magnitude bits of shifted inputs and of sums.</param>
    /// <exception cref="ArgumentException">An array has a wrong length, or a sum may exceed 63 bits.</exception>
    public IntegerTransposedConvolution(
        in ConvolutionGeometry forward, int[] weights, int[]? inputShift, ValueRange inputRange, int valueBits)
        : this(forward, weights, inputShift, inputRange, valueBits, InstructionSets.Best)
    {
    }

    internal IntegerTransposedConvolution(
        in ConvolutionGeometry forward, int[] weights, int[]? inputShift, ValueRange inputRange, int valueBits, InstructionSet set)
    {
        int taps = forward.KernelHeight * forward.KernelWidth;
        (int channels, int filters) = (forward.OutputChannels, forward.InputChannels);
        KernelArguments.ExpectLength(weights, taps * channels * filters, nameof(weights));
        IntegerSampleSums sums = new(weights, filters, channels, inputShift, inputRange, valueBits, isChannelwise: false);
        OutputRange = sums.OutputRange;
        int[] matrix = TransposedKernel.ToMatrix(weights, taps, channels, filters);
        ConvolutionGeometry sizes = forward;
        _run = Pairs() ?? (sums.Bounds.FitsDouble ? Wide<double>() : Wide<long>());

        IntegerSampleSums.BatchKernel? Pairs()
        {
            if (!sums.Bounds.FitsInt32 || !IntegerContraction.Fits16(inputRange))
            {
                return null;
            }

            int[]? folded = IntegerContraction.Fold(matrix, taps * filters, inputShift, inputRange, valueBits, []);
            int[]? narrow = folded ?? (sums.InputsFit(ValueRange.OfBits(15)) ? matrix : null);
            if (narrow is null || !Array.TrueForAll(narrow, weight => weight == (short)weight))
            {
                return null;
            }

            short[] pairs = Array.ConvertAll(narrow, weight => (short)weight);
            PackedMatrix<int> packed = PackedMatrix.OfPairs(pairs, channels, taps * filters, set);
            ShiftedInput? unshifted = folded is null ? null : new(null, valueBits, inputRange);
            return Make(new TransposedProduct<short, int>(sizes, packed), unshifted);
        }

        IntegerSampleSums.BatchKernel Wide<T>()
            where T : unmanaged, INumber<T>
        {
            T[] wide = Array.ConvertAll(matrix, T.CreateTruncating);
            PackedMatrix<T> packed = PackedMatrix.Of<T>(wide, channels, taps * filters, default, set);
            return Make(new TransposedProduct<T, T>(sizes, packed));
        }

        IntegerSampleSums.BatchKernel Make<TImage, T>(TransposedProduct<TImage, T> product, ShiftedInput? reader = null)
            where TImage : unmanaged, INumber<TImage>
            where T : unmanaged, INumber<T> =>
            sums.OverBatch(product, reader);
    }

    /// <summary>The integers that the output can hold, from the weights and the range of the inputs.</summary>
    public ValueRange OutputRange { get; }

    /// <summary>Computes a batch, or a part of it, and what becomes of its sums.</summary>
    /// <param name="input">(batch, input height, input width, input channels).</param>
    /// <param name="output">
    /// (batch, output height, output width, filters), in a storage that holds <see cref="OutputRange"/>, or the range of
    /// <paramref name="finish"/>.
    /// </param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What is done to finished sums; null for nothing.</param>
    /// <exception cref="ArgumentException">The output's storage is too narrow.</exception>
    public void Run(IntegerData input, IntegerData output, int batch, WorkShare share = default, IntegerFinish? finish = null) =>
        _run(input, output, batch, share, finish);
}

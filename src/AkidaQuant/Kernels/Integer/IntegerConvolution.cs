using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Two-dimensional convolution of integer images (layers.md 4.1, convert.md 6.2), channels last: exact sums, each
/// saturated once.
/// </summary>
public sealed class IntegerConvolution
{
    private readonly IntegerContraction _contraction;

    /// <summary>Packs the weights and chooses the arithmetic.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="weights">(kernel height, kernel width, input channels, filters).</param>
    /// <param name="inputShift">
    /// The left shift of each input channel, saturated to <paramref name="valueBits"/> before the product; null for
    /// none.
    /// </param>
    /// <param name="inputRange">The integers that the input holds.</param>
    /// <param name="valueBits">The magnitude bits of shifted inputs and of sums.</param>
    /// <param name="paddingValues">
    /// What stands outside the image, already shifted: one value, one for each input channel, or null for 0.
    /// </param>
    /// <exception cref="ArgumentException">An array has a wrong length.</exception>
    /// <exception cref="QuantException">SumsTooWide: a sum may exceed 63 bits.</exception>
    public IntegerConvolution(
        in ConvolutionGeometry geometry,
        int[] weights,
        int[]? inputShift,
        ValueRange inputRange,
        int valueBits,
        int[]? paddingValues = null)
        : this(geometry, weights, inputShift, inputRange, valueBits, paddingValues, InstructionSets.Best)
    {
    }

    /// <summary>
    /// As with the weights written out; those of one cell that are 0 off their diagonal multiply each channel alone, to the same sums.
    /// </summary>
    public IntegerConvolution(
        in ConvolutionGeometry geometry,
        NdArray<int> weights,
        int[]? inputShift,
        ValueRange inputRange,
        int valueBits,
        int[]? paddingValues = null)
        : this(
            weights.Diagonal is { } factors && geometry.IsPointwise
            && (geometry.InputChannels, geometry.OutputChannels) == (factors.Length, factors.Length)
                ? new DiagonalContraction(
                    geometry.OutputHeight * geometry.OutputWidth, factors, inputShift, inputRange, valueBits, InstructionSets.Best)
                : Contraction(geometry, weights.Values, inputShift, inputRange, valueBits, paddingValues, InstructionSets.Best))
    {
    }

    internal IntegerConvolution(
        in ConvolutionGeometry geometry,
        int[] weights,
        int[]? inputShift,
        ValueRange inputRange,
        int valueBits,
        int[]? paddingValues,
        InstructionSet set)
        : this(Contraction(geometry, weights, inputShift, inputRange, valueBits, paddingValues, set))
    {
    }

    private IntegerConvolution(IntegerContraction contraction) => _contraction = contraction;

    /// <summary>The integers that the output can hold, from the weights and the range of the inputs.</summary>
    public ValueRange OutputRange => _contraction.OutputRange;

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, input height, input width, input channels).</param>
    /// <param name="output">
    /// (batch, output height, output width, filters), in a storage that holds <see cref="OutputRange"/>, or what
    /// <paramref name="finish"/> gives.
    /// </param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What becomes of the sums, if anything.</param>
    /// <exception cref="ArgumentException">The output's storage is too narrow.</exception>
    public void Run(IntegerData input, IntegerData output, int batch, WorkShare share = default, IntegerFinish? finish = null) =>
        _contraction.Run(input, output, batch, share, finish);

    private static UnpackedContraction Contraction(
        in ConvolutionGeometry geometry,
        int[] weights,
        int[]? inputShift,
        ValueRange inputRange,
        int valueBits,
        int[]? paddingValues,
        InstructionSet set)
    {
        int depth = geometry.KernelHeight * geometry.KernelWidth * geometry.InputChannels;
        KernelArguments.ExpectLength(weights, depth * geometry.OutputChannels, nameof(weights));
        KernelArguments.ExpectLength(inputShift, geometry.InputChannels, nameof(inputShift));
        int[] padding = KernelArguments.PerChannel(paddingValues, geometry.InputChannels, nameof(paddingValues));
        return IntegerContraction.Create(geometry, weights, inputShift, inputRange, valueBits, padding, set);
    }
}

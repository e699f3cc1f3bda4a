using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Product of integer rows with a matrix (layers.md 4.7): exact sums, each saturated once.</summary>
public sealed class IntegerDense
{
    private readonly IntegerContraction _contraction;
    private readonly int _inputs;

    /// <summary>Packs the weights and chooses the arithmetic.</summary>
    /// <param name="inputs">The length of an input row.</param>
    /// <param name="units">The length of an output row.</param>
    /// <param name="weights">(inputs, units).</param>
    /// <param name="inputShift">
    /// The left shift of each input, saturated to <paramref name="valueBits"/> before the product; null for none.
    /// </param>
    /// <param name="inputRange">The integers that the input holds.</param>
    /// <param name="valueBits">The magnitude bits of shifted inputs and of sums.</param>
    /// <exception cref="ArgumentException">An array has a wrong length.</exception>
    /// <exception cref="QuantException">SumsTooWide: a sum may exceed 63 bits.</exception>
    public IntegerDense(int inputs, int units, int[] weights, int[]? inputShift, ValueRange inputRange, int valueBits)
        : this(inputs, units, weights, inputShift, inputRange, valueBits, InstructionSets.Best)
    {
    }

    /// <summary>As with the weights written out; those that are 0 off their diagonal multiply each input alone, to the same sums.</summary>
    public IntegerDense(int inputs, int units, NdArray<int> weights, int[]? inputShift, ValueRange inputRange, int valueBits)
        : this(
            inputs,
            weights.Diagonal is { } factors && (inputs, units) == (factors.Length, factors.Length)
                ? new DiagonalContraction(1, factors, inputShift, inputRange, valueBits, InstructionSets.Best)
                : Contraction(inputs, units, weights.Values, inputShift, inputRange, valueBits, InstructionSets.Best))
    {
    }

    internal IntegerDense(int inputs, int units, int[] weights, int[]? inputShift, ValueRange inputRange, int valueBits, InstructionSet set)
        : this(inputs, Contraction(inputs, units, weights, inputShift, inputRange, valueBits, set))
    {
    }

    private IntegerDense(int inputs, IntegerContraction contraction) => (_inputs, _contraction) = (inputs, contraction);

    /// <summary>The integers that the output can hold, from the weights and the range of the inputs.</summary>
    public ValueRange OutputRange => _contraction.OutputRange;

    /// <summary>Computes a batch; a sample may hold several rows.</summary>
    /// <param name="input">(batch, rows, inputs).</param>
    /// <param name="output">
    /// (batch, rows, units), in a storage that holds <see cref="OutputRange"/>, or what <paramref name="finish"/> gives.
    /// </param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What becomes of the sums, if anything.</param>
    /// <exception cref="ArgumentException">The output's storage is too narrow.</exception>
    public void Run(IntegerData input, IntegerData output, int batch, WorkShare share = default, IntegerFinish? finish = null) =>
        _contraction.Run(input, output, batch * (input.SampleSize / _inputs), share, finish);

    private static UnpackedContraction Contraction(
        int inputs, int units, int[] weights, int[]? inputShift, ValueRange inputRange, int valueBits, InstructionSet set)
    {
        KernelArguments.ExpectLength(weights, inputs * units, nameof(weights));
        KernelArguments.ExpectLength(inputShift, inputs, nameof(inputShift));
        ConvolutionGeometry geometry = ConvolutionGeometry.Create(new Shape(1, 1, inputs), (1, 1), (1, 1), (1, 1), Padding.Valid, units);
        return IntegerContraction.Create(geometry, weights, inputShift, inputRange, valueBits, new int[inputs], set);
    }
}

using System.Buffers;
using System.Numerics.Tensors;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Adds two tensors whose channels are shifted to the left first; shifted values and sums are saturated (layers.md 7.1).</summary>
/// <remarks>
/// <para>
/// Computed in doubles: anything that is not exact in them is beyond 2^53, and saturated to less than 2^51 anyway.
/// </para>
/// <para>
/// A block at a time, in which element i of either tensor meets factor i, the power of two of its channel's shift; a block
/// is whole pixels, so that the factors begin with the first channel each time. A lane computes
/// <c>clamp(clamp(l * 2^a) + clamp(r * 2^b))</c>: products with a power of two are exact, and the sum of two clamped values
/// is below 2^51. Every step works on each lane by itself.
/// </para>
/// </remarks>
public sealed class SaturatingAddition
{
    private const int MaxValueBits = 50;
    private const int ChunkElements = 1024;
    private readonly double[] _leftFactors;
    private readonly double[] _rightFactors;
    private readonly double _limit;
    private readonly InstructionSet _set;

    /// <summary>An addition; both shifts have one value a channel, none negative.</summary>
    /// <exception cref="ArgumentException">
    /// The number of shifts is not that of the channels, or there are more than 50 value bits.
    /// </exception>
    public SaturatingAddition(int channels, int[] leftShift, int[] rightShift, int valueBits)
        : this(channels, leftShift, rightShift, valueBits, InstructionSets.Best)
    {
    }

    internal SaturatingAddition(int channels, int[] leftShift, int[] rightShift, int valueBits, InstructionSet set)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(valueBits, MaxValueBits);
        KernelArguments.ExpectLength(leftShift, channels, nameof(leftShift));
        KernelArguments.ExpectLength(rightShift, channels, nameof(rightShift));
        int length = Math.Max(1, ChunkElements / channels) * channels;
        _leftFactors = Factors(leftShift, length);
        _rightFactors = Factors(rightShift, length);
        _limit = Math.ScaleB(1, valueBits);
        _set = set;
    }

    /// <summary>Computes a batch; the output may be one of the inputs.</summary>
    /// <exception cref="OverflowException">A sum does not fit the output's storage; the output is then partly written.</exception>
    public void Run(IntegerData left, IntegerData right, IntegerData output, int batch)
    {
        ValueRange storage = output.Storage.Range();
        int total = batch * output.SampleSize;
        double[] scratch = ArrayPool<double>.Shared.Rent(2 * _leftFactors.Length);
        for (int first = 0; first < total; first += _leftFactors.Length)
        {
            int count = Math.Min(_leftFactors.Length, total - first);
            Span<double> sums = scratch.AsSpan(0, count);
            Span<double> others = scratch.AsSpan(count, count);
            Read(left, first, _leftFactors, sums);
            Read(right, first, _rightFactors, others);
            TensorPrimitives.Add<double>(sums, others, sums);
            TensorPrimitives.Clamp(sums, -_limit, _limit - 1, sums);
            if (storage.Max < _limit - 1
                && (TensorPrimitives.Min<double>(sums) < storage.Min || TensorPrimitives.Max<double>(sums) > storage.Max))
            {
                throw new OverflowException($"A sum does not fit a buffer of {output.Storage}.");
            }

            DoubleCopy.Write(sums, output, first, _set);
        }

        ArrayPool<double>.Shared.Return(scratch);
    }

    private void Read(IntegerData input, int first, double[] factors, Span<double> values)
    {
        DoubleCopy.Read(input, first, values, _set);
        TensorPrimitives.Multiply(values, factors.AsSpan(0, values.Length), values);
        TensorPrimitives.Clamp(values, -_limit, _limit - 1, values);
    }

    private static double[] Factors(int[] shifts, int length)
    {
        var factors = new double[length];
        for (int i = 0; i < length; i++)
        {
            factors[i] = ChannelParameters.Power(shifts[i % shifts.Length]);
        }

        return factors;
    }
}

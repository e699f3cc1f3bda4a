using System.Buffers;
using System.Numerics.Tensors;
using System.Numerics;
using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Adds two tensors whose channels are shifted to the left first; shifted values and sums are saturated (layers.md 7.1).</summary>
/// <remarks>
/// <para>
/// A block at a time, in which element i of either tensor meets shift i, that of its channel; a block is whole pixels, so that the
/// shifts begin with the first channel each time. A lane computes <c>clamp(clamp(l * 2^a) + clamp(r * 2^b))</c>, each by itself.
/// </para>
/// <para>
/// In 32 bits where that is exact (<see cref="FitsInts"/>), else in doubles: anything that is not exact in them is beyond 2^53, and
/// saturated to less than 2^51 anyway, so that the sum of two is below 2^51.
/// </para>
/// </remarks>
public sealed class SaturatingAddition
{
    private const int MaxValueBits = 50;
    private const int BlockElements = 1024;

    private readonly int _channels;
    private readonly int _valueBits;
    private readonly int[] _leftShift;
    private readonly int[] _rightShift;
    private readonly double[] _leftFactors;
    private readonly double[] _rightFactors;
    private readonly int _greatestShift;
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
        _channels = channels;
        _valueBits = valueBits;
        _set = set;
        _greatestShift = Math.Max(leftShift.Max(), rightShift.Max());
        int length = Math.Max(1, BlockElements / channels) * channels;

        // 30 bits saturate what is not 0 as every larger shift would.
        _leftShift = Repeated(leftShift, length, shift => Math.Min(shift, SaturatingShift.MaxBits));
        _rightShift = Repeated(rightShift, length, shift => Math.Min(shift, SaturatingShift.MaxBits));
        _leftFactors = Repeated(leftShift, length, ChannelParameters.Power);
        _rightFactors = Repeated(rightShift, length, ChannelParameters.Power);
    }

    /// <summary>Computes a batch; without <paramref name="finish"/> the output may be one of the inputs.</summary>
    /// <param name="left">(batch, ..., channels).</param>
    /// <param name="right">The same shape.</param>
    /// <param name="output">The same shape: the sums, or what <paramref name="finish"/> makes of them.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What becomes of the sums, if anything.</param>
    /// <exception cref="OverflowException">A sum does not fit the output's storage; the output is then partly written.</exception>
    public void Run(
        IntegerData left,
        IntegerData right,
        IntegerData output,
        int batch,
        WorkShare share = default,
        IntegerFinish? finish = null)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(output);
        (int start, int end) = share.Of(batch * (output.SampleSize / _channels));
        if (FitsInts(left) && FitsInts(right))
        {
            Run<int, IntSums>(new IntSums(this, left, right), output, start, end, finish);
        }
        else
        {
            Run<double, DoubleSums>(new DoubleSums(this, left, right), output, start, end, finish);
        }
    }

    /// <summary>
    /// Whether 32 bits hold sums. Saturated to at most 30 bits they do; and so do shorts shifted by 15 bits or fewer, since each is at
    /// least -2^30 and less than 2^30, whatever they would be saturated to above that.
    /// </summary>
    private bool FitsInts(IntegerData input) =>
        _valueBits <= SaturatingShift.MaxBits || (input.Storage == IntegerStorage.Int16 && _greatestShift <= 15);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<T, TSums>(TSums compute, IntegerData output, int start, int end, IntegerFinish? finish)
        where T : unmanaged, INumber<T>
        where TSums : struct, ISums<T>
    {
        int rowsOfBlock = _leftShift.Length / _channels;
        T[] scratch = ArrayPool<T>.Shared.Rent(_leftShift.Length);
        for (int row = start; row < end; row += rowsOfBlock)
        {
            int rows = Math.Min(rowsOfBlock, end - row);
            Span<T> sums = scratch.AsSpan(0, rows * _channels);
            compute.Fill(row * _channels, sums);
            if (finish is not null)
            {
                finish.Run<T>(sums, _channels, rows, 0, _channels, output, row);
            }
            else if ((1L << _valueBits) - 1 <= output.Storage.Range().Max)
            {
                IntegerCopy.Write<T>(sums, output, row * _channels);
            }
            else
            {
                IntegerCopy.WriteChecked<T>(sums, output, row * _channels);
            }
        }

        ArrayPool<T>.Shared.Return(scratch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T[] Repeated<T>(int[] shifts, int length, Converter<int, T> convert)
    {
        var result = new T[length];
        for (int i = 0; i < length; i++)
        {
            result[i] = convert(shifts[i % shifts.Length]);
        }

        return result;
    }

    /// <summary>Computes neighbouring sums from an element on, the first channel's.</summary>
    private interface ISums<T>
    {
        void Fill(int first, Span<T> sums);
    }

    private readonly struct IntSums(SaturatingAddition owner, IntegerData left, IntegerData right) : ISums<int>
    {
        public void Fill(int first, Span<int> sums)
        {
            Shift(left, first, owner._leftShift, sums, isAdded: false);
            Shift(right, first, owner._rightShift, sums, isAdded: true);
        }

        private void Shift(IntegerData input, int first, int[] shifts, Span<int> sums, bool isAdded)
        {
            switch (input.Storage)
            {
                case IntegerStorage.Int16:
                    Shift<short>(input.Values<short>(input.Capacity).Slice(first, sums.Length), shifts, sums, isAdded);
                    break;
                case IntegerStorage.Int32:
                    Shift<int>(input.Values<int>(input.Capacity).Slice(first, sums.Length), shifts, sums, isAdded);
                    break;
                default:
                    Shift<long>(input.Values<long>(input.Capacity).Slice(first, sums.Length), shifts, sums, isAdded);
                    break;
            }
        }

        private void Shift<T>(ReadOnlySpan<T> values, int[] shifts, Span<int> sums, bool isAdded)
            where T : unmanaged =>
            SaturatingShift.Run(values, shifts, sums, Math.Min(owner._valueBits, 31), isAdded, owner._set);
    }

    private readonly struct DoubleSums(SaturatingAddition owner, IntegerData left, IntegerData right) : ISums<double>
    {
        public void Fill(int first, Span<double> sums)
        {
            double[] scratch = ArrayPool<double>.Shared.Rent(sums.Length);
            Span<double> others = scratch.AsSpan(0, sums.Length);
            Read(left, first, owner._leftFactors, sums);
            Read(right, first, owner._rightFactors, others);
            TensorPrimitives.Add<double>(sums, others, sums);
            Clamp(sums);
            ArrayPool<double>.Shared.Return(scratch);
        }

        private void Read(IntegerData input, int first, double[] factors, Span<double> values)
        {
            DoubleCopy.Read(input, first, values, owner._set);
            TensorPrimitives.Multiply(values, factors.AsSpan(0, values.Length), values);
            Clamp(values);
        }

        private void Clamp(Span<double> values)
        {
            double limit = Math.ScaleB(1, owner._valueBits);
            TensorPrimitives.Clamp(values, -limit, limit - 1, values);
        }
    }
}

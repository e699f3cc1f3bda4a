using System.Buffers;
using System.Numerics.Tensors;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Sum of each channel over all positions of integer images, saturated once (layers.md 6.2).</summary>
/// <remarks>
/// A lane is a channel: the channels of a position lie side by side and are added to their sums. In 32 bits where the storage or the
/// range of what comes in says that no sum has more, else in 64: a sum of P positions of n bits takes n + log2(P) bits, far below 63.
/// </remarks>
public sealed class GlobalSum
{
    /// <summary>Channels that are one unit of work: whole lines of the cache.</summary>
    private const int ChannelsOfUnit = 32;

    private readonly int _positions;
    private readonly int _channels;
    private readonly int _valueBits;
    private readonly int[]? _inputShift;
    private readonly ValueRange? _inputRange;
    private readonly InstructionSet _set;

    /// <summary>A sum.</summary>
    /// <param name="positions">The number of positions of an image.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="inputShift">
    /// The left shift of each channel, saturated to <paramref name="valueBits"/> before the sum; null for none.
    /// </param>
    /// <param name="valueBits">The magnitude bits of shifted inputs and of sums.</param>
    /// <param name="inputRange">The integers that come in, not shifted; null for all that their storage holds.</param>
    public GlobalSum(int positions, int channels, int[]? inputShift, int valueBits, ValueRange? inputRange = null)
        : this(positions, channels, inputShift, valueBits, inputRange, InstructionSets.Best)
    {
    }

    internal GlobalSum(
        int positions, int channels, int[]? inputShift, int valueBits, ValueRange? inputRange, InstructionSet set)
    {
        KernelArguments.ExpectLength(inputShift, channels, nameof(inputShift));
        _positions = positions;
        _channels = channels;
        _inputShift = inputShift;
        _valueBits = valueBits;
        _inputRange = inputRange;
        _set = set;
    }

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, positions, channels).</param>
    /// <param name="output">(batch, channels): the sums, or what <paramref name="finish"/> makes of them.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What becomes of the sums, if anything.</param>
    /// <exception cref="OverflowException">A sum does not fit the output's storage.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(IntegerData input, IntegerData output, int batch, WorkShare share = default, IntegerFinish? finish = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        int units = (_channels + ChannelsOfUnit - 1) / ChannelsOfUnit;
        (int start, int end) = share.Of(batch * units);
        while (start < end)
        {
            int sample = start / units;
            int first = start % units * ChannelsOfUnit;
            int next = Math.Min(end, (sample + 1) * units);
            int count = Math.Min((next - (sample * units)) * ChannelsOfUnit, _channels) - first;
            if (FitsInts(input.Storage))
            {
                Run<int>(input, output, sample, first, count, finish);
            }
            else
            {
                Run<long>(input, output, sample, first, count, finish);
            }

            start = next;
        }
    }

    private bool FitsInts(IntegerStorage storage)
    {
        // Without shifts nothing saturates before the sum.
        long magnitude = (_inputRange ?? storage.Range()).Clamp(ValueRange.OfBits(32)).Magnitude;
        if (_inputShift is not null)
        {
            int shift = _inputShift.Max();
            if (shift > SaturatingShift.MaxBits)
            {
                return false;
            }

            // Wider saturation than the shift takes changes nothing, if what is shifted fits 32 bits by itself.
            magnitude <<= shift;
            magnitude = _valueBits <= SaturatingShift.MaxBits ? Math.Min(magnitude, 1L << _valueBits) : magnitude;
        }

        return magnitude <= int.MaxValue / _positions;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<T>(IntegerData input, IntegerData output, int sample, int channel, int count, IntegerFinish? finish)
        where T : unmanaged, INumber<T>
    {
        T[] scratch = ArrayPool<T>.Shared.Rent(2 * count);
        Span<T> sums = scratch.AsSpan(0, count);
        Span<T> values = scratch.AsSpan(count, count);
        sums.Clear();
        for (int position = 0; position < _positions; position++)
        {
            int first = (((sample * _positions) + position) * _channels) + channel;
            if (typeof(T) == typeof(int) && _inputShift is null)
            {
                Add(input, first, MemoryMarshal.Cast<T, int>(sums));
                continue;
            }

            Read(input, first, channel, values);
            TensorPrimitives.Add<T>(sums, values, sums);
        }

        T limit = T.CreateSaturating((1L << _valueBits) - 1);
        TensorPrimitives.Clamp(sums, T.CreateSaturating(-(1L << _valueBits)), limit, sums);
        if (finish is not null)
        {
            finish.Run<T>(sums, count, 1, channel, count, output, sample);
        }
        else
        {
            IntegerCopy.WriteChecked<T>(sums, output, (sample * _channels) + channel);
        }

        ArrayPool<T>.Shared.Return(scratch);
    }

    /// <summary>Reads the channels of a position, shifted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Read<T>(IntegerData input, int first, int channel, Span<T> values)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(int))
        {
            ReadOnlySpan<int> shifts = _inputShift.AsSpan(channel, values.Length);
            Span<int> shifted = MemoryMarshal.Cast<T, int>(values);
            int bits = Math.Min(_valueBits, 31);
            switch (input.Storage)
            {
                case IntegerStorage.Int16:
                    SaturatingShift.Run(Span<short>(input, first, values.Length), shifts, shifted, bits, isAdded: false, _set);
                    break;
                case IntegerStorage.Int32:
                    SaturatingShift.Run(Span<int>(input, first, values.Length), shifts, shifted, bits, isAdded: false, _set);
                    break;
                default:
                    SaturatingShift.Run(Span<long>(input, first, values.Length), shifts, shifted, bits, isAdded: false, _set);
                    break;
            }

            return;
        }

        IntegerCopy.Read(input, first, values);
        for (int c = 0; _inputShift is not null && c < values.Length; c++)
        {
            values[c] = T.CreateTruncating(ShiftedInput.SaturatedShift(
                long.CreateTruncating(values[c]), _inputShift[channel + c], 1L << _valueBits));
        }
    }

    private void Add(IntegerData input, int first, Span<int> sums)
    {
        switch (input.Storage)
        {
            case IntegerStorage.Int16:
                Add(Span<short>(input, first, sums.Length), sums);
                break;
            case IntegerStorage.Int32:
                Add(Span<int>(input, first, sums.Length), sums);
                break;
            default:
                Add(Span<long>(input, first, sums.Length), sums);
                break;
        }
    }

    private void Add<T>(ReadOnlySpan<T> values, Span<int> sums)
        where T : unmanaged
    {
        int done = _set switch
        {
            InstructionSet.Vector512 => Add<T, Vector512<int>, IntegerLanes512>(values, sums, 0),
            InstructionSet.Vector256 or InstructionSet.Vector256Vnni => Add<T, Vector256<int>, IntegerLanes256>(values, sums, 0),
            InstructionSet.Vector128 => Add<T, Vector128<int>, IntegerLanes128>(values, sums, 0),
            _ => 0,
        };
        Add<T, int, ScalarIntegerLanes>(values, sums, done);
    }

    /// <summary>Adds whole vectors from an element on; gives the element behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int Add<T, TVector, TLanes>(ReadOnlySpan<T> values, Span<int> sums, int first)
        where T : unmanaged
        where TLanes : struct, IIntegerLanes<TVector>
    {
        int last = values.Length - TLanes.Count;
        fixed (T* from = values)
        fixed (int* to = sums[..values.Length])
        {
            for (; first <= last; first += TLanes.Count)
            {
                TLanes.Store(TLanes.Add(TLanes.Load(to + first), TLanes.Load(from + first)), to + first);
            }
        }

        return first;
    }

    private static ReadOnlySpan<T> Span<T>(IntegerData input, int first, int count)
        where T : unmanaged => input.Values<T>(input.Capacity).Slice(first, count);
}

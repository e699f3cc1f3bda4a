using System.Buffers;
using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Floats to integers: times a factor, or divided by a divisor, in float32, rounded half to even, then a line (<see cref="ChannelLine"/>).
/// </summary>
/// <remarks>
/// A block of whole rows at a time, in which element i meets scale i, that of its channel. What is beyond 32 bits is the nearest int
/// before the line.
/// </remarks>
internal sealed class RoundedLines
{
    private const int BlockElements = 1024;

    private readonly int _channels;
    private readonly float[] _scales;
    private readonly int? _invalid;
    private readonly ChannelLines _lines;
    private readonly InstructionSet _set;

    /// <summary>Divides, or multiplies.</summary>
    /// <param name="scales">The factor or the divisor of each channel.</param>
    /// <param name="invalid">
    /// What a quotient that is not a number is before the line; null for products, of which such a one is 0.
    /// </param>
    /// <param name="lines">The line of each channel, one that 32 bits hold.</param>
    /// <param name="set">The form to use.</param>
    public RoundedLines(float[] scales, int? invalid, ChannelLine[] lines, InstructionSet set)
    {
        _channels = scales.Length;
        _invalid = invalid;
        _set = set;
        _scales = new float[Math.Max(1, BlockElements / _channels) * _channels];
        for (int i = 0; i < _scales.Length; i++)
        {
            _scales[i] = scales[i % _channels];
        }

        _lines = ChannelLines.TryCreate(lines, ValueRange.OfBits(31), set)
            ?? throw new ArgumentException("32 bits do not hold the lines.", nameof(lines));
    }

    /// <summary>Converts a batch.</summary>
    /// <param name="input">(batch, ..., channels).</param>
    /// <param name="output">The same shape, in a storage that holds what the lines give.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    public void Run(ReadOnlySpan<float> input, IntegerData output, int batch, WorkShare share)
    {
        switch (output.Storage)
        {
            case IntegerStorage.Int16:
                Run(input, output.Values<short>(batch), share);
                break;
            case IntegerStorage.Int32:
                Run(input, output.Values<int>(batch), share);
                break;
            default:
                Run(input, output.Values<long>(batch), share);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<T>(ReadOnlySpan<float> input, Span<T> output, WorkShare share)
        where T : unmanaged
    {
        (int start, int end) = share.Of(output.Length / _channels);
        int[] rented = ArrayPool<int>.Shared.Rent(_scales.Length);
        for (int row = start; row < end; row += _scales.Length / _channels)
        {
            int rows = Math.Min(_scales.Length / _channels, end - row);
            Span<int> rounded = rented.AsSpan(0, rows * _channels);
            Round(input.Slice(row * _channels, rounded.Length), rounded);
            _lines.Run<int, T>(rounded, _channels, rows, 0, _channels, output[(row * _channels)..], _channels);
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    private void Round(ReadOnlySpan<float> values, Span<int> results)
    {
        int done = _set switch
        {
            InstructionSet.Vector512 => Round<RoundingLanes512>(values, results, 0),
            InstructionSet.Vector256 or InstructionSet.Vector256Vnni => Round<RoundingLanes256>(values, results, 0),
            InstructionSet.Vector128 => Round<RoundingLanes128>(values, results, 0),
            _ => 0,
        };
        Round<ScalarRoundingLanes>(values, results, done);
    }

    /// <summary>Rounds whole vectors from an element on; gives the element behind them.</summary>
    private int Round<TLanes>(ReadOnlySpan<float> values, Span<int> results, int first)
        where TLanes : struct, IRoundingLanes => _invalid is { } invalid
        ? Quotients<TLanes>(values, _scales, results, first, invalid)
        : Products<TLanes>(values, _scales, results, first);

    /// <remarks>Apart from <see cref="Quotients"/>, so that the runtime takes neither loop for one that hardly runs.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int Products<TLanes>(ReadOnlySpan<float> values, ReadOnlySpan<float> factors, Span<int> results, int first)
        where TLanes : struct, IRoundingLanes
    {
        int last = values.Length - TLanes.Count;
        fixed (float* from = values)
        fixed (float* by = factors)
        fixed (int* to = results[..values.Length])
        {
            for (; first <= last; first += TLanes.Count)
            {
                TLanes.Product(from + first, by + first, to + first);
            }
        }

        return first;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int Quotients<TLanes>(
        ReadOnlySpan<float> values, ReadOnlySpan<float> divisors, Span<int> results, int first, int invalid)
        where TLanes : struct, IRoundingLanes
    {
        int last = values.Length - TLanes.Count;
        fixed (float* from = values)
        fixed (float* by = divisors)
        fixed (int* to = results[..values.Length])
        {
            for (; first <= last; first += TLanes.Count)
            {
                TLanes.Quotient(from + first, by + first, invalid, to + first);
            }
        }

        return first;
    }
}

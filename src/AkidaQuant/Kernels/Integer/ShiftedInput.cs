using System.Numerics;
using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Brings activations of any storage to the type that a kernel computes with, each channel shifted left and
/// saturated first (numerics.md 2.4, Expand; convert.md 6.2, input_shift).
/// </summary>
/// <remarks>
/// Without shifts a copy, each lane one element converted to another width. Shifts go element by element in 64 bits, which
/// no vector form before AVX-512 shifts with a sign.
/// </remarks>
internal sealed class ShiftedInput
{
    private readonly int[]? _shifts;
    private readonly long _limit;

    /// <summary>
    /// A reader of activations within <paramref name="range"/>; none is shifted or saturated when
    /// <paramref name="shifts"/> is null.
    /// </summary>
    public ShiftedInput(int[]? shifts, int valueBits, ValueRange range)
    {
        _limit = 1L << valueBits;
        bool isIdentity = shifts is null || (Array.TrueForAll(shifts, shift => shift == 0) && range.Min >= -_limit && range.Max < _limit);
        _shifts = isIdentity ? null : shifts;
    }

    /// <summary>
    /// The elements from <paramref name="first"/> on: the buffer's own where it already holds what is wanted, else
    /// <paramref name="scratch"/> filled.
    /// </summary>
    /// <param name="input">The activations.</param>
    /// <param name="first">The first element, counted through all samples; the first channel's.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="scratch">Room for them.</param>
    public ReadOnlySpan<T> Read<T>(IntegerData input, int first, int count, Span<T> scratch)
        where T : unmanaged, INumber<T>
    {
        if (_shifts is null)
        {
            if (typeof(T) == TypeOf(input.Storage))
            {
                return input.Values<T>(input.Capacity).Slice(first, count);
            }

            IntegerCopy.Read(input, first, scratch[..count]);
            return scratch[..count];
        }

        switch (input.Storage)
        {
            case IntegerStorage.Int16:
                Shift<short, T>(input.Values<short>(input.Capacity).Slice(first, count), scratch);
                break;
            case IntegerStorage.Int32:
                Shift<int, T>(input.Values<int>(input.Capacity).Slice(first, count), scratch);
                break;
            default:
                Shift<long, T>(input.Values<long>(input.Capacity).Slice(first, count), scratch);
                break;
        }

        return scratch[..count];
    }

    /// <summary>Whether <see cref="Read"/> fills its scratch rather than hand out the buffer's own integers.</summary>
    public bool NeedsScratch<T>(IntegerData input) => _shifts is not null || typeof(T) != TypeOf(input.Storage);

    private static Type TypeOf(IntegerStorage storage) => storage switch
    {
        IntegerStorage.Int16 => typeof(short),
        IntegerStorage.Int32 => typeof(int),
        _ => typeof(long),
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Shift<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> destination)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        ReadOnlySpan<int> shifts = _shifts;
        for (int start = 0; start < source.Length; start += shifts.Length)
        {
            ReadOnlySpan<TFrom> from = source.Slice(start, shifts.Length);
            Span<TTo> to = destination.Slice(start, shifts.Length);
            for (int c = 0; c < shifts.Length; c++)
            {
                to[c] = TTo.CreateTruncating(SaturatedShift(long.CreateTruncating(from[c]), shifts[c], _limit));
            }
        }
    }

    /// <summary><c>value * 2^shift</c> clamped to [-limit, limit - 1], whatever the shift.</summary>
    internal static long SaturatedShift(long value, int shift, long limit)
    {
        int bits = Math.Min(shift, 63);
        long shifted = value << bits;
        return shifted >> bits == value ? Math.Clamp(shifted, -limit, limit - 1) : value < 0 ? -limit : limit - 1;
    }
}

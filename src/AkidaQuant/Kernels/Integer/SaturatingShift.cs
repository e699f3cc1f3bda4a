using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Integers shifted to the left, each by a number of its own, and saturated, in 32 bits (numerics.md 2.4).</summary>
/// <remarks>
/// What a shift by s would push out of 32 bits is clamped to [-2^(31 - s), 2^(31 - s) - 1] before. For at most 30 magnitude bits and
/// shifts of at most 30 bits it is then at least 2^31 - 2^s, or at most -2^31, still beyond what it saturates to.
/// </remarks>
internal static class SaturatingShift
{
    /// <summary>The most magnitude bits, and the greatest shift.</summary>
    public const int MaxBits = 30;

    /// <summary>Shorts shifted by no more cannot be pushed out.</summary>
    private const int MaxShortShift = 16;

    /// <summary>Fills sums with the shifted integers, or adds them to sums, which saturate then too.</summary>
    /// <param name="values">The integers: shorts, ints or longs.</param>
    /// <param name="shifts">The shift of each, 0 to 30.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="valueBits">
    /// The magnitude bits to saturate to, at most <see cref="MaxBits"/>; 31 where no shifted integer and no sum has more.
    /// </param>
    /// <param name="isAdded">Whether they are added.</param>
    /// <param name="set">The form to use.</param>
    public static void Run<T>(
        ReadOnlySpan<T> values, ReadOnlySpan<int> shifts, Span<int> sums, int valueBits, bool isAdded, InstructionSet set)
        where T : unmanaged
    {
        shifts = shifts[..values.Length];
        sums = sums[..values.Length];
        ValueRange range = ValueRange.OfBits(valueBits);
        bool isBounded = valueBits > MaxBits || (typeof(T) == typeof(short) && !shifts.ContainsAnyExceptInRange(0, MaxShortShift));
        int done = set switch
        {
            InstructionSet.Vector512 => Run<T, Vector512<int>, IntegerLanes512>(values, shifts, sums, 0, range, isBounded, isAdded),
            InstructionSet.Vector256 or InstructionSet.Vector256Vnni =>
                Run<T, Vector256<int>, IntegerLanes256>(values, shifts, sums, 0, range, isBounded, isAdded),
            InstructionSet.Vector128 => Run<T, Vector128<int>, IntegerLanes128>(values, shifts, sums, 0, range, isBounded, isAdded),
            _ => 0,
        };
        Run<T, int, ScalarIntegerLanes>(values, shifts, sums, done, range, isBounded, isAdded);
    }

    /// <summary>Computes whole vectors from an element on; gives the element behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int Run<T, TVector, TLanes>(
        ReadOnlySpan<T> values, ReadOnlySpan<int> shifts, Span<int> sums, int first, ValueRange range, bool isBounded, bool isAdded)
        where T : unmanaged
        where TLanes : struct, IIntegerLanes<TVector>
    {
        int last = values.Length - TLanes.Count;
        TVector least = TLanes.Broadcast((int)range.Min);
        TVector greatest = TLanes.Broadcast((int)range.Max);
        TVector lowest = TLanes.Broadcast(int.MinValue);
        TVector highest = TLanes.Broadcast(int.MaxValue);
        fixed (T* from = values)
        fixed (int* counts = shifts)
        fixed (int* to = sums)
        {
            for (; first <= last; first += TLanes.Count)
            {
                TVector count = TLanes.Load(counts + first);
                TVector value = TLanes.Load(from + first);
                if (!isBounded)
                {
                    value = TLanes.Min(TLanes.Max(value, TLanes.ShiftRight(lowest, count)), TLanes.ShiftRight(highest, count));
                }

                value = TLanes.Min(TLanes.Max(TLanes.ShiftLeft(value, count), least), greatest);
                if (isAdded)
                {
                    value = TLanes.Min(TLanes.Max(TLanes.Add(value, TLanes.Load(to + first)), least), greatest);
                }

                TLanes.Store(value, to + first);
            }
        }

        return first;
    }
}

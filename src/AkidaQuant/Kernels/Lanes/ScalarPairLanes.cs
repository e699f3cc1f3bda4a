using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>One pair of 16-bit integers at a time, held in an int: both products are added to the 32-bit addend.</summary>
/// <remarks>
/// What all pair lanes compute in each lane of 32 bits, in which an operand holds two integers and the addend one:
/// <code>
///   bits      31 ... 16   15 ... 0
///   left      [ x1     |  x0     ]     neighbours in a row of activations
///   right     [ w1     |  w0     ]     the weights that meet them (PackedMatrix.OfPairs)
///   addend    [ s                ]
///   result    [ s + x0*w0 + x1*w1 ]
/// </code>
/// Both halves are signed. A product is at most 2^15 * 2^15 = 2^30, so that the two together exceed 2^31 - 1 only where
/// all four are -2^15. Kernels take pairs only when the sum of all magnitudes of an output fits 31 bits
/// (SumBounds.FitsInt32), which leaves that case out and every partial sum exact, in whatever order.
/// </remarks>
internal readonly struct ScalarPairLanes : ILanes<int, int>
{
    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe int Load(int* source) => *source;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(int value, int* destination) => *destination = value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Broadcast(int value) => value;

    /// <inheritdoc/>
    /// <remarks>The cast keeps the low half with its sign, the shift brings the high half down with its own.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MultiplyAdd(int left, int right, int addend) =>
        unchecked(((short)left * (short)right) + ((left >> 16) * (right >> 16)) + addend);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddTwo(
        int left, int right0, int right1, ref int sum0, ref int sum1)
    {
        sum0 = MultiplyAdd(left, right0, sum0);
        sum1 = MultiplyAdd(left, right1, sum1);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(int left, int right) => unchecked(left + right);
}

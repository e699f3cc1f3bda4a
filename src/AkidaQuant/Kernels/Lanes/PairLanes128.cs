using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Four pairs of 16-bit integers with the operations of any processor.</summary>
/// <remarks>
/// Four lanes of 32 bits with two integers each; what is computed in a lane, and why it does not overflow, stands at
/// <see cref="ScalarPairLanes"/>.
/// </remarks>
internal readonly struct PairLanes128 : ILanes<int, Vector128<int>>
{
    /// <inheritdoc/>
    public static int Count => Vector128<int>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector128<int> Load(int* source) => Vector128.Load(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector128<int> value, int* destination) => value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(int value) => Vector128.Create(value);

    /// <inheritdoc/>
    /// <remarks>
    /// The halves of a lane are widened to the whole of it: shifted up and down again for the low one, down for the high
    /// one, where a shift down copies the sign.
    /// <code>
    ///   lane             [x1 | x0]
    ///   &lt;&lt; 16            [x0 | 0 ]     then &gt;&gt; 16     [  x0   ]
    ///   &gt;&gt; 16            [  x1   ]
    /// </code>
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> left, Vector128<int> right, Vector128<int> addend) =>
        (((left << 16) >> 16) * ((right << 16) >> 16)) + ((left >> 16) * (right >> 16)) + addend;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddTwo(
        Vector128<int> left, Vector128<int> right0, Vector128<int> right1, ref Vector128<int> sum0, ref Vector128<int> sum1)
    {
        sum0 = MultiplyAdd(left, right0, sum0);
        sum1 = MultiplyAdd(left, right1, sum1);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> left, Vector128<int> right) => left + right;
}

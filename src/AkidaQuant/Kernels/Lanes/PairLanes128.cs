using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

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
    /// With SSE2 one instruction multiplies and adds both halves. ARM multiplies halves to whole lanes, four at once, which is as many
    /// products an instruction as it has of floats: the low halves of all lanes are put side by side, and the high ones, which is the
    /// same work for every row of a tile and so is done once. Elsewhere the halves of a lane are widened to the whole of it: shifted up
    /// and down again for the low one, down for the high one, where a shift down copies the sign.
    /// <code>
    ///   lane             [x1 | x0]
    ///   &lt;&lt; 16            [x0 | 0 ]     then &gt;&gt; 16     [  x0   ]
    ///   &gt;&gt; 16            [  x1   ]
    /// </code>
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> left, Vector128<int> right, Vector128<int> addend)
    {
        if (Sse2.IsSupported)
        {
            return Sse2.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16()) + addend;
        }

        if (AdvSimd.Arm64.IsSupported)
        {
            (Vector128<short> x, Vector128<short> w) = (left.AsInt16(), right.AsInt16());
            Vector128<int> sums = AdvSimd.MultiplyWideningLowerAndAdd(
                addend, AdvSimd.Arm64.UnzipEven(x, x).GetLower(), AdvSimd.Arm64.UnzipEven(w, w).GetLower());
            return AdvSimd.MultiplyWideningLowerAndAdd(
                sums, AdvSimd.Arm64.UnzipOdd(x, x).GetLower(), AdvSimd.Arm64.UnzipOdd(w, w).GetLower());
        }

        return (((left << 16) >> 16) * ((right << 16) >> 16)) + ((left >> 16) * (right >> 16)) + addend;
    }

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

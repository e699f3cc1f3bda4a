using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Eight lanes of four bytes with AVX-VNNI, products and sums in one instruction.</summary>
/// <remarks>
/// A lane holds four unsigned bytes on the left, four signed ones on the right and a sum of 32 bits; no sum of 16 bits stands between
/// them, so that any bytes can be multiplied. Sums may wrap on the way, as at <see cref="IByteLanes{TVector}"/>.
/// </remarks>
internal readonly struct ByteLanes256Vnni : ILanes<int, Vector256<int>>
{
    /// <inheritdoc/>
    public static int Count => Vector256<int>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<int> Load(int* source) => Vector256.Load(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector256<int> value, int* destination) => value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(int value) => Vector256.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddTwo(
        Vector256<int> left, Vector256<int> right0, Vector256<int> right1, ref Vector256<int> sum0, ref Vector256<int> sum1)
    {
        sum0 = MultiplyAdd(left, right0, sum0);
        sum1 = MultiplyAdd(left, right1, sum1);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> left, Vector256<int> right) => left + right;

    /// <inheritdoc/>
    /// <remarks>vpdpbusd, which wraps; the form that saturates would give other partial sums.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> left, Vector256<int> right, Vector256<int> addend) =>
        AvxVnni.MultiplyWideningAndAdd(addend, left.AsByte(), right.AsSByte());
}

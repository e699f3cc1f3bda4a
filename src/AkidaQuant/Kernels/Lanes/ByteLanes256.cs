using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Eight lanes of four bytes with AVX2.</summary>
/// <remarks>What is computed in a lane, and why it does not overflow, stands at <see cref="IByteLanes{TVector}"/>.</remarks>
internal readonly struct ByteLanes256 : IByteLanes<Vector256<int>>
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> left, Vector256<int> right, Vector256<int> addend) =>
        AddNarrow(Multiply(left, right).AsInt32(), addend);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddTwoNarrow(
        Vector256<int> left, Vector256<int> right0, Vector256<int> right1, ref Vector256<int> sums0, ref Vector256<int> sums1)
    {
        Vector256<short> products0 = Multiply(left, right0);
        Vector256<short> products1 = Multiply(left, right1);
        sums0 = (sums0.AsInt16() + products0).AsInt32();
        sums1 = (sums1.AsInt16() + products1).AsInt32();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAddNarrow(Vector256<int> left, Vector256<int> right, Vector256<int> sums) =>
        (sums.AsInt16() + Multiply(left, right)).AsInt32();

    /// <inheritdoc/>
    /// <remarks>vpmaddwd by ones: each sum times 1, the products of two neighbours added in 32 bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddNarrow(Vector256<int> sums, Vector256<int> addend) =>
        Avx2.MultiplyAddAdjacent(sums.AsInt16(), Vector256<short>.One) + addend;

    /// <summary>vpmaddubsw: products of unsigned and signed bytes, every two neighbours added in 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Multiply(Vector256<int> left, Vector256<int> right) =>
        Avx2.MultiplyAddAdjacent(left.AsByte(), right.AsSByte());
}

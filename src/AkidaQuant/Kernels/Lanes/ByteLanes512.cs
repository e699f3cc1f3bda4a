using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Sixteen lanes of four bytes with AVX-512 BW.</summary>
/// <remarks>What is computed in a lane, and why it does not overflow, stands at <see cref="IByteLanes{TVector}"/>.</remarks>
internal readonly struct ByteLanes512 : IByteLanes<Vector512<int>>
{
    /// <inheritdoc/>
    public static int Count => Vector512<int>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<int> Load(int* source) => Vector512.Load(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector512<int> value, int* destination) => value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(int value) => Vector512.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddTwo(
        Vector512<int> left, Vector512<int> right0, Vector512<int> right1, ref Vector512<int> sum0, ref Vector512<int> sum1)
    {
        sum0 = MultiplyAdd(left, right0, sum0);
        sum1 = MultiplyAdd(left, right1, sum1);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> left, Vector512<int> right) => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAdd(Vector512<int> left, Vector512<int> right, Vector512<int> addend) =>
        AddNarrow(Multiply(left, right).AsInt32(), addend);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddTwoNarrow(
        Vector512<int> left, Vector512<int> right0, Vector512<int> right1, ref Vector512<int> sums0, ref Vector512<int> sums1)
    {
        Vector512<short> products0 = Multiply(left, right0);
        Vector512<short> products1 = Multiply(left, right1);
        sums0 = (sums0.AsInt16() + products0).AsInt32();
        sums1 = (sums1.AsInt16() + products1).AsInt32();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAddNarrow(Vector512<int> left, Vector512<int> right, Vector512<int> sums) =>
        (sums.AsInt16() + Multiply(left, right)).AsInt32();

    /// <inheritdoc/>
    /// <remarks>vpmaddwd by ones: each sum times 1, the products of two neighbours added in 32 bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> AddNarrow(Vector512<int> sums, Vector512<int> addend) =>
        Avx512BW.MultiplyAddAdjacent(sums.AsInt16(), Vector512<short>.One) + addend;

    /// <summary>vpmaddubsw: products of unsigned and signed bytes, every two neighbours added in 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Multiply(Vector512<int> left, Vector512<int> right) =>
        Avx512BW.MultiplyAddAdjacent(left.AsByte(), right.AsSByte());
}

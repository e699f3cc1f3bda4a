using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Thirty-two channels of two taps with AVX-512 BW.</summary>
internal readonly struct TapPairLanes512 : ITapPairLanes<Vector512<int>>
{
    /// <inheritdoc/>
    public static int Count => Vector512<short>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<int> Load(short* source) => Vector512.Load((int*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Low(Vector512<int> first, Vector512<int> second) =>
        Avx512BW.UnpackLow(first.AsInt16(), second.AsInt16()).AsInt32();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> High(Vector512<int> first, Vector512<int> second) =>
        Avx512BW.UnpackHigh(first.AsInt16(), second.AsInt16()).AsInt32();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Multiply(Vector512<int> pairs, Vector512<int> weights) =>
        Avx512BW.MultiplyAddAdjacent(pairs.AsInt16(), weights.AsInt16());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAdd(Vector512<int> pairs, Vector512<int> weights, Vector512<int> sums) =>
        PairLanes512.MultiplyAdd(pairs, weights, sums);

    /// <inheritdoc/>
    /// <remarks>
    /// In blocks of 128 bits, of two lanes of 64 each, low holds those that are first, third, fifth and seventh in memory, and high
    /// the others.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector512<int> low, Vector512<int> high, int* destination)
    {
        Vector512<long> even = low.AsInt64();
        Vector512<long> odd = high.AsInt64();
        Avx512F.PermuteVar8x64x2(even, Vector512.Create(0L, 1, 8, 9, 2, 3, 10, 11), odd).AsInt32().Store(destination);
        Avx512F.PermuteVar8x64x2(even, Vector512.Create(4L, 5, 12, 13, 6, 7, 14, 15), odd).AsInt32().Store(destination + 16);
    }
}

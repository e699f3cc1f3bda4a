using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Sixteen channels of two taps with AVX2.</summary>
internal readonly struct TapPairLanes256 : ITapPairLanes<Vector256<int>>
{
    /// <inheritdoc/>
    public static int Count => Vector256<short>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<int> Load(short* source) => Vector256.Load((int*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Low(Vector256<int> first, Vector256<int> second) =>
        Avx2.UnpackLow(first.AsInt16(), second.AsInt16()).AsInt32();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> High(Vector256<int> first, Vector256<int> second) =>
        Avx2.UnpackHigh(first.AsInt16(), second.AsInt16()).AsInt32();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Multiply(Vector256<int> pairs, Vector256<int> weights) =>
        Avx2.MultiplyAddAdjacent(pairs.AsInt16(), weights.AsInt16());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> pairs, Vector256<int> weights, Vector256<int> sums) =>
        PairLanes256.MultiplyAdd(pairs, weights, sums);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector256<int> low, Vector256<int> high, int* destination)
    {
        // The low blocks of 128 bits of both, low before high, then the high ones.
        Avx2.Permute2x128(low, high, 0x20).Store(destination);
        Avx2.Permute2x128(low, high, 0x31).Store(destination + 8);
    }
}

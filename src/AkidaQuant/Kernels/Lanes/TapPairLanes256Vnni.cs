using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Sixteen channels of two taps with AVX-VNNI, products and sums in one instruction.</summary>
internal readonly struct TapPairLanes256Vnni : ITapPairLanes<Vector256<int>>
{
    /// <inheritdoc/>
    public static int Count => Vector256<short>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<int> Load(short* source) => Vector256.Load((int*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Low(Vector256<int> first, Vector256<int> second) =>
        TapPairLanes256.Low(first, second);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> High(Vector256<int> first, Vector256<int> second) =>
        TapPairLanes256.High(first, second);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Multiply(Vector256<int> pairs, Vector256<int> weights) =>
        TapPairLanes256.Multiply(pairs, weights);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> pairs, Vector256<int> weights, Vector256<int> sums) =>
        PairLanes256Vnni.MultiplyAdd(pairs, weights, sums);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector256<int> low, Vector256<int> high, int* destination) =>
        TapPairLanes256.Store(low, high, destination);
}

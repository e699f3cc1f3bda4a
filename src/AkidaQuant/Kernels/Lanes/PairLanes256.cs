using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Eight pairs of 16-bit integers with AVX2.</summary>
internal readonly struct PairLanes256 : ILanes<int, Vector256<int>>
{
    /// <inheritdoc/>
    public static int Count => Vector256<int>.Count;

    /// <inheritdoc/>
    public static unsafe Vector256<int> Load(int* source) => Vector256.Load(source);

    /// <inheritdoc/>
    public static unsafe void Store(Vector256<int> value, int* destination) => value.Store(destination);

    /// <inheritdoc/>
    public static Vector256<int> Broadcast(int value) => Vector256.Create(value);

    /// <inheritdoc/>
    public static Vector256<int> MultiplyAdd(Vector256<int> left, Vector256<int> right, Vector256<int> addend) =>
        Avx2.Add(Avx2.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16()), addend);
}

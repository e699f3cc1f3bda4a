using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Sixteen pairs of 16-bit integers with AVX-512 BW.</summary>
internal readonly struct PairLanes512 : ILanes<int, Vector512<int>>
{
    /// <inheritdoc/>
    public static int Count => Vector512<int>.Count;

    /// <inheritdoc/>
    public static unsafe Vector512<int> Load(int* source) => Vector512.Load(source);

    /// <inheritdoc/>
    public static unsafe void Store(Vector512<int> value, int* destination) => value.Store(destination);

    /// <inheritdoc/>
    public static Vector512<int> Broadcast(int value) => Vector512.Create(value);

    /// <inheritdoc/>
    public static Vector512<int> MultiplyAdd(Vector512<int> left, Vector512<int> right, Vector512<int> addend) =>
        Avx512F.Add(Avx512BW.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16()), addend);
}

using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Lines in 32 bits, for which <see cref="IntegerLine"/> says that nothing is lost.</summary>
internal readonly struct IntegerLineForm<TVector, TLanes> : ILineForm<int, TVector>
    where TLanes : struct, IIntegerLanes<TVector>
{
    /// <inheritdoc/>
    public static int Count => TLanes.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe TVector Parameter(int* source) => TLanes.Load(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe TVector Compute<T>(T* source, TVector least, TVector greatest, TVector factor, TVector offset, TVector shift)
        where T : unmanaged
    {
        // A lane: the element, clamped to its channel's bounds, which also makes up for what an element beyond 32 bits was read as;
        // times the factor, plus the offset, in low bits; shifted.
        TVector clamped = TLanes.Min(TLanes.Max(TLanes.Load(source), least), greatest);
        return TLanes.ShiftRight(TLanes.Add(TLanes.Multiply(clamped, factor), offset), shift);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store<T>(TVector results, T* destination)
        where T : unmanaged => TLanes.Store(results, destination);
}

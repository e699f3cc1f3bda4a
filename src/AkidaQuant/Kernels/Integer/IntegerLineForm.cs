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
    public static unsafe TVector Compute<T>(T* source, int* parameters, nint pitch)
        where T : unmanaged
    {
        // A lane: the element, clamped to its channel's bounds, which also makes up for what an element beyond 32 bits was read as;
        // times the factor, plus the offset, in low bits; shifted.
        TVector clamped = TLanes.Min(
            TLanes.Max(TLanes.Load(source), TLanes.Load(parameters)), TLanes.Load(parameters + pitch));
        TVector sum = TLanes.Add(
            TLanes.Multiply(clamped, TLanes.Load(parameters + (2 * pitch))), TLanes.Load(parameters + (3 * pitch)));
        return TLanes.ShiftRight(sum, TLanes.Load(parameters + (4 * pitch)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store<T>(TVector results, T* destination)
        where T : unmanaged => TLanes.Store(results, destination);
}

using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Lines in doubles, exact as long as product, offset and bounds stay within 2^52.</summary>
internal readonly struct DoubleLineForm<TVector, TLanes> : ILineForm<double, TVector>
    where TLanes : struct, IDoubleLanes<TVector>
{
    /// <inheritdoc/>
    public static int Count => TLanes.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe TVector Parameter(double* source) => TLanes.Load(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe TVector Compute<T>(T* source, TVector factor, TVector offset, TVector power, TVector least, TVector greatest)
        where T : unmanaged
    {
        // A lane: the element times the factor of its channel plus the offset, at most 2^53 and so exact; times 2^-shift, which
        // changes only the exponent; rounded down; clamped.
        TVector sum = TLanes.Add(TLanes.Multiply(TLanes.Load(source), factor), offset);
        return TLanes.Min(TLanes.Max(TLanes.Floor(TLanes.Multiply(sum, power)), least), greatest);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store<T>(TVector results, T* destination)
        where T : unmanaged => TLanes.Store(results, destination);
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>One element at a time: runs anywhere, and is what the vector forms are tested against.</summary>
/// <remarks>
/// A vector of one lane, the element itself. Floats and doubles are fused, in software where the processor cannot: a
/// product that is rounded before it is added would give other bits than the vector forms.
/// </remarks>
internal readonly struct ScalarLanes<T> : ILanes<T, T>
    where T : unmanaged, INumber<T>
{
    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe T Load(T* source) => *source;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(T value, T* destination) => *destination = value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Broadcast(T value) => value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MultiplyAdd(T left, T right, T addend)
    {
        if (typeof(T) == typeof(float))
        {
            return (T)(object)MathF.FusedMultiplyAdd((float)(object)left, (float)(object)right, (float)(object)addend);
        }

        if (typeof(T) == typeof(double))
        {
            return (T)(object)Math.FusedMultiplyAdd((double)(object)left, (double)(object)right, (double)(object)addend);
        }

        return unchecked((left * right) + addend);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddTwo(
        T left, T right0, T right1, ref T sum0, ref T sum1)
    {
        sum0 = MultiplyAdd(left, right0, sum0);
        sum1 = MultiplyAdd(left, right1, sum1);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Add(T left, T right) => left + right;
}

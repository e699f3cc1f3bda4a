using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Sixteen floats, with AVX-512 F.</summary>
internal readonly struct RoundingLanes512 : IRoundingLanes
{
    /// <inheritdoc/>
    public static int Count => Vector512<float>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Product(float* values, float* factors, int* results) =>
        Nearest(Vector512.Load(values) * Vector512.Load(factors)).Store(results);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Quotient(float* values, float* divisors, int invalid, int* results)
    {
        Vector512<float> quotient = Vector512.Load(values) / Vector512.Load(divisors);
        Vector512<int> isNumber = Vector512.Equals(quotient, quotient).AsInt32();
        Vector512.ConditionalSelect(isNumber, Nearest(quotient), Vector512.Create(invalid)).Store(results);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Nearest(Vector512<float> value) =>
        Vector512.ConvertToInt32(Vector512.Round(value, MidpointRounding.ToEven));
}

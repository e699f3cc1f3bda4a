using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Eight floats, with AVX2.</summary>
internal readonly struct RoundingLanes256 : IRoundingLanes
{
    /// <inheritdoc/>
    public static int Count => Vector256<float>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Product(float* values, float* factors, int* results) =>
        Nearest(Vector256.Load(values) * Vector256.Load(factors)).Store(results);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Quotient(float* values, float* divisors, int invalid, int* results)
    {
        Vector256<float> quotient = Vector256.Load(values) / Vector256.Load(divisors);
        Vector256<int> isNumber = Vector256.Equals(quotient, quotient).AsInt32();
        Vector256.ConditionalSelect(isNumber, Nearest(quotient), Vector256.Create(invalid)).Store(results);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Nearest(Vector256<float> value) =>
        Vector256.ConvertToInt32(Vector256.Round(value, MidpointRounding.ToEven));
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Four floats, what any processor has.</summary>
internal readonly struct RoundingLanes128 : IRoundingLanes
{
    /// <inheritdoc/>
    public static int Count => Vector128<float>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Product(float* values, float* factors, int* results) =>
        Nearest(Vector128.Load(values) * Vector128.Load(factors)).Store(results);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Quotient(float* values, float* divisors, int invalid, int* results)
    {
        Vector128<float> quotient = Vector128.Load(values) / Vector128.Load(divisors);
        Vector128<int> isNumber = Vector128.Equals(quotient, quotient).AsInt32();
        Vector128.ConditionalSelect(isNumber, Nearest(quotient), Vector128.Create(invalid)).Store(results);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Nearest(Vector128<float> value) =>
        Vector128.ConvertToInt32(Vector128.Round(value, MidpointRounding.ToEven));
}

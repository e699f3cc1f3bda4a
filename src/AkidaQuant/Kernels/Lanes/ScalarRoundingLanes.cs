namespace AkidaQuant.Kernels.Lanes;

/// <summary>One float at a time: runs anywhere, and is what the vector forms are tested against.</summary>
internal readonly struct ScalarRoundingLanes : IRoundingLanes
{
    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    public static unsafe void Product(float* values, float* factors, int* results) => *results = Nearest(*values * *factors);

    /// <inheritdoc/>
    public static unsafe void Quotient(float* values, float* divisors, int invalid, int* results)
    {
        float quotient = *values / *divisors;
        *results = float.IsNaN(quotient) ? invalid : Nearest(quotient);
    }

    private static int Nearest(float value) => int.CreateSaturating(MathF.Round(value, MidpointRounding.ToEven));
}

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Floats to the nearest integers, ties to even, one implementation an instruction set.</summary>
/// <remarks>
/// A lane is an element: its product or quotient in float32, rounded, as an int; what is beyond 32 bits becomes the nearest int, and
/// what is not a number 0. Neither depends on the width of a vector, so that every form gives the same bits.
/// </remarks>
internal interface IRoundingLanes
{
    /// <summary>The number of elements in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Writes <see cref="Count"/> rounded products.</summary>
    static abstract unsafe void Product(float* values, float* factors, int* results);

    /// <summary>Writes <see cref="Count"/> rounded quotients; <paramref name="invalid"/> for those that are not a number.</summary>
    static abstract unsafe void Quotient(float* values, float* divisors, int invalid, int* results);
}

namespace AkidaQuant.Kernels.Lanes;

/// <summary>The forms of a kernel, from the one that runs anywhere to the widest.</summary>
/// <remarks>
/// <para>
/// A vector register holds several elements side by side, its lanes; one instruction does the same to every lane. The
/// families of lanes in this folder (<see cref="ILanes{T, TVector}"/>, <see cref="IDoubleLanes{TVector}"/>) have a struct
/// for each form, and a kernel is written once against the family.
/// </para>
/// <para>
/// All forms give the same bits. Integers are exact. Floats are summed in one order, each lane a sum of its own, and every
/// product is added with one rounding (a fused multiply-add), in the plain form too.
/// </para>
/// <para>
/// The form chosen here does not reach System.Numerics.Tensors, which takes the widest vectors of the processor: kernels
/// use it only for what is done to each element alone (sums, products, clamps and conversions of two arrays) and for the
/// least and the greatest of an array, where no bit depends on the width of a vector.
/// </para>
/// </remarks>
internal enum InstructionSet
{
    /// <summary>One element at a time.</summary>
    Plain,

    /// <summary>128-bit vectors of any processor that multiplies and adds with one rounding.</summary>
    Vector128,

    /// <summary>256-bit vectors with AVX2 and FMA.</summary>
    Vector256,

    /// <summary><see cref="Vector256"/> with the fused 16-bit products of AVX-VNNI.</summary>
    Vector256Vnni,

    /// <summary>512-bit vectors with AVX-512 F, BW, DQ and VL.</summary>
    Vector512,
}

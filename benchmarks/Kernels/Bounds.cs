using System.Runtime.Intrinsics;

namespace AkidaQuant.Benchmarks.Kernels;

/// <summary>
/// How many products a cycle could do where the processor does one vector instruction of its full width in a cycle: 512 bits hold
/// 32 products of 16-bit pairs (vpmaddwd), 64 of bytes (vpmaddubsw) and 16 of floats.
/// </summary>
internal static class Bounds
{
    private static readonly int Bytes = Vector512.IsHardwareAccelerated ? 64 : Vector256.IsHardwareAccelerated ? 32 : 16;

    /// <summary>Products of integers with weights of so many bits.</summary>
    public static double Integers(int weightBits) => weightBits <= 4 ? Bytes : Bytes / 2;

    /// <summary>Products of floats.</summary>
    public static double Floats => Bytes / 4;
}

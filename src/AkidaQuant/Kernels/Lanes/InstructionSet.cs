using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>The forms of a kernel, from the one that runs anywhere to the widest.</summary>
internal enum InstructionSet
{
    /// <summary>One element at a time.</summary>
    Plain,

    /// <summary>128-bit vectors of any processor.</summary>
    Vector128,

    /// <summary>256-bit vectors with AVX2 and FMA.</summary>
    Vector256,

    /// <summary><see cref="Vector256"/> with the fused 16-bit products of AVX-VNNI.</summary>
    Vector256Vnni,

    /// <summary>512-bit vectors with AVX-512 F, BW and DQ.</summary>
    Vector512,
}

/// <summary>Which forms this processor runs.</summary>
internal static class InstructionSets
{
    /// <summary>The forms that run here, the slowest first.</summary>
    public static IReadOnlyList<InstructionSet> Supported { get; } = [.. Enum.GetValues<InstructionSet>().Where(IsSupported)];

    /// <summary>The fastest form that runs here.</summary>
    public static InstructionSet Best { get; } = Supported[^1];

    private static bool IsSupported(InstructionSet set) => set switch
    {
        InstructionSet.Vector128 => Vector128.IsHardwareAccelerated && (Fma.IsSupported || System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported),
        InstructionSet.Vector256 => Vector256.IsHardwareAccelerated && Avx2.IsSupported && Fma.IsSupported,
        InstructionSet.Vector256Vnni => IsSupported(InstructionSet.Vector256) && AvxVnni.IsSupported,
        InstructionSet.Vector512 => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported && Avx512DQ.IsSupported,
        _ => true,
    };
}

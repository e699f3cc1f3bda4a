using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Which forms this processor runs, and which of them the kernels take.</summary>
internal static class InstructionSets
{
    /// <summary>The environment variable that forces a form.</summary>
    public const string Variable = "AKIDAQUANT_INSTRUCTIONS";

    /// <summary>The forms by what they are called in the variable.</summary>
    private static readonly (string Name, InstructionSet Set)[] Names =
    [
        ("plain", InstructionSet.Plain),
        ("128", InstructionSet.Vector128),
        ("256", InstructionSet.Vector256),
        ("vnni", InstructionSet.Vector256Vnni),
        ("512", InstructionSet.Vector512),
    ];

    private static readonly string? Forced = Environment.GetEnvironmentVariable(Variable);

    /// <summary>
    /// Made when a kernel asks, not by an initializer: what that throws would reach the user as a failed type. An error is
    /// not kept, so that each cmdlet reports it anew.
    /// </summary>
    private static readonly Lazy<InstructionSet> Chosen = new(() => Choose(Forced), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The forms that run here, the slowest first.</summary>
    public static IReadOnlyList<InstructionSet> Supported { get; } = [.. Enum.GetValues<InstructionSet>().Where(IsSupported)];

    /// <summary>The form that the variable forces, else the fastest that runs here.</summary>
    /// <exception cref="QuantException">InstructionSetUnavailable: the variable names none that runs here.</exception>
    public static InstructionSet Best => Chosen.Value;

    /// <summary>The form that a value of the variable stands for; the fastest one for no value.</summary>
    /// <exception cref="QuantException">InstructionSetUnavailable: the value names no form, or one that does not run here.</exception>
    public static InstructionSet Choose(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return Supported[^1];
        }

        foreach ((string name, InstructionSet set) in Names)
        {
            if (name.Equals(value, StringComparison.OrdinalIgnoreCase))
            {
                return IsSupported(set) ? set : throw Unavailable(value, "but this processor does not have these instructions");
            }
        }

        throw Unavailable(value, "which names no set of instructions");
    }

    /// <summary>What a form is called in the variable.</summary>
    public static string NameOf(InstructionSet set) => Array.Find(Names, entry => entry.Set == set).Name;

    private static QuantException Unavailable(string value, string problem) => new(
        "InstructionSetUnavailable",
        QuantErrorKind.InvalidArgument,
        $"The environment variable {Variable} is '{value}', {problem}. "
        + $"Set it to one of those that run here ({string.Join(", ", Supported.Select(NameOf))}), or remove it to get the fastest.",
        Variable);

    private static bool IsSupported(InstructionSet set) => set switch
    {
        InstructionSet.Vector128 => Vector128.IsHardwareAccelerated && (Fma.IsSupported || AdvSimd.IsSupported),
        InstructionSet.Vector256 => Vector256.IsHardwareAccelerated && Avx2.IsSupported && Fma.IsSupported,
        InstructionSet.Vector256Vnni => IsSupported(InstructionSet.Vector256) && AvxVnni.IsSupported,
        InstructionSet.Vector512 =>
            Vector512.IsHardwareAccelerated && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported,
        _ => true,
    };
}

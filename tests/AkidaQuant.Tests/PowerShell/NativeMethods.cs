using System.Globalization;
using System.Runtime.InteropServices;

namespace AkidaQuant.Tests.PowerShell;

/// <summary>What .NET does not let a process say about the signals of the processes that it starts.</summary>
internal static class NativeMethods
{
    private const int Interrupt = 2;
    private const nint Default = 0;

    /// <summary>
    /// Lets Ctrl+C reach the processes started from now on. One that nohup or a script's background started ignores it,
    /// and so does all that it starts in turn; that .NET leaves as it is.
    /// </summary>
    public static void DefaultInterrupt()
    {
        // Where a handler stands instead, a new process begins without it.
        if (OperatingSystem.IsLinux() && IsIgnored(Interrupt))
        {
            Signal(Interrupt, Default);
        }
    }

    private static bool IsIgnored(int signal)
    {
        const string Name = "SigIgn:";
        string mask = File.ReadLines("/proc/self/status").Single(line => line.StartsWith(Name, StringComparison.Ordinal))[Name.Length..];
        return (ulong.Parse(mask.Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) != 0;
    }

    [DllImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Signal(int signal, nint handler);
}

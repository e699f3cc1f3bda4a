using System.Collections.Concurrent;
using System.Text.Json;

namespace AkidaQuant.Tests.PowerShell;

/// <summary>One test of a Pester file and how it ended; while it is only discovered it has no result.</summary>
internal sealed record PesterTest(string File, string Name, string? Result = null, string? Message = null);

/// <summary>Finds and runs the tests of the plain Pester files, each file once and in a shell of its own.</summary>
internal static class PesterFile
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = true };
    private static readonly ConcurrentDictionary<string, Lazy<IReadOnlyList<PesterTest>>> Results = new();

    /// <summary>The full paths of all Pester files.</summary>
    public static string[] All { get; } =
        [.. Directory.GetFiles(Repository.PathOf("tests"), "*.Tests.ps1").Order(StringComparer.Ordinal)];

    /// <summary>The tests of all files, as Pester's discovery finds them.</summary>
    public static IReadOnlyList<PesterTest> Discover() => Invoke(All, "-PesterDiscovery");

    /// <summary>The results of a file's tests, in the order of discovery.</summary>
    public static IReadOnlyList<PesterTest> Run(string path) =>
        Results.GetOrAdd(path, file => new Lazy<IReadOnlyList<PesterTest>>(() => Invoke([file]))).Value;

    /// <summary>Runs the stand-in for Pester on some files.</summary>
    public static IReadOnlyList<PesterTest> Invoke(string[] files, params string[] options)
    {
        string result = Path.GetTempFileName();
        try
        {
            string script = Repository.PathOf("tests/AkidaQuant.Tests/PowerShell/PesterStandIn/Invoke-PesterFile.ps1");
            ShellResult run = ShellProcess.Run(
                [script, "-PesterPath", string.Join(Path.PathSeparator, files), "-PesterResult", result, .. options]);
            Assert.True(run.ExitCode == 0, run.Output + run.Error);
            return [.. File.ReadLines(result).Select(line => JsonSerializer.Deserialize<PesterTest>(line, Json)!)];
        }
        finally
        {
            File.Delete(result);
        }
    }
}

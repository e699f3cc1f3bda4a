using System.Text.Json;

namespace AkidaQuant.Tests.PowerShell;

/// <summary>One test of a Pester file and how it ended; while it is only discovered it has no result.</summary>
internal sealed record PesterTest(string File, string Name, string? Result = null, string? Message = null);

/// <summary>Finds and runs the tests of the plain Pester files with Pester, each file once and in a session of its own.</summary>
internal static class PesterFile
{
    /// <summary>The full paths of all Pester files.</summary>
    public static string[] All { get; } =
        [.. Directory.GetFiles(Repository.PathOf("tests"), "*.Tests.ps1").Order(StringComparer.Ordinal)];

    // One process runs all files, since each start takes a second.
    private static readonly Lazy<ILookup<string, PesterTest>> Results = new(() => Invoke(All).ToLookup(test => test.File));

    /// <summary>The tests of all files, as Pester's discovery finds them.</summary>
    public static IReadOnlyList<PesterTest> Discover() => Invoke(All, "-Discovery");

    /// <summary>The results of a file's tests, in the order of discovery.</summary>
    public static PesterTest[] Run(string file) => [.. Results.Value[file]];

    /// <summary>Has Pester find or run the tests of some files.</summary>
    public static IReadOnlyList<PesterTest> Invoke(string[] files, params string[] options)
    {
        string result = Path.GetTempFileName();
        try
        {
            string script = Repository.PathOf("tests/AkidaQuant.Tests/PowerShell/Invoke-PesterFile.ps1");
            string paths = string.Join(Path.PathSeparator, files);
            ShellResult run = ShellProcess.Run(
                [script, "-Pester", Repository.Pester, "-Path", paths, "-Result", result, .. options]);
            Assert.True(run.ExitCode == 0, run.Output + run.Error);
            return [.. File.ReadLines(result).Select(line => JsonSerializer.Deserialize<PesterTest>(line)!)];
        }
        finally
        {
            File.Delete(result);
        }
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;

namespace AkidaQuant.Tests.PowerShell;

/// <summary>The module beside other modules' versions of its dependencies.</summary>
public sealed partial class ModuleLoadTests(ITestOutputHelper output)
{
    private sealed record Report(
        long ImportMilliseconds,
        string PrivateContext,
        int[] DefaultVersions,
        int[] PrivateVersions,
        string[] Exported,
        string[] LeftLiterals,
        bool SameTypeAgain,
        int WeightBits,
        int LiteralsAgain);

    [Fact]
    public void Imports_twice_beside_another_YamlDotNet()
    {
        ShellResult run = ShellProcess.Run(
            Repository.PathOf("tests/AkidaQuant.Tests/PowerShell/ModuleLoad.ps1"),
            "-Manifest",
            Repository.PathOf("AkidaQuant.psd1"),
            "-OtherYamlDotNet",
            Repository.OtherYamlDotNet);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);

        Report report = JsonSerializer.Deserialize<Report>(run.Output)!;
        output.WriteLine($"The first import took {report.ImportMilliseconds} ms.");
        Assert.Equal("AkidaQuant", report.PrivateContext);
        Assert.Equal([13], report.DefaultVersions);
        Assert.Equal([18], report.PrivateVersions);
        Assert.Empty(report.LeftLiterals);
        Assert.True(report.SameTypeAgain);
        Assert.Equal(8, report.WeightBits);
        Assert.True(report.LiteralsAgain > 10, $"Only {report.LiteralsAgain} type literals were registered.");
        Assert.Equal(CmdletsInSource(), report.Exported.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Root_assembly_refers_to_no_package_but_the_core()
    {
        // Anything else could be bound to another module's version of it.
        string root = Repository.PathOf("bin/AkidaQuant.PowerShell.dll");
        using var reader = new System.Reflection.PortableExecutable.PEReader(File.OpenRead(root));
        var metadata = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(reader);
        string[] references =
        [
            .. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)),
        ];
        string[] libraries =
        [
            .. Directory.GetFiles(Repository.PathOf("bin/lib"), "*.dll").Select(path => Path.GetFileNameWithoutExtension(path)),
        ];
        Assert.Contains("YamlDotNet", libraries);
        Assert.Equal(["AkidaQuant"], references.Intersect(libraries));
    }

    private static IEnumerable<string> CmdletsInSource() =>
        Directory.GetFiles(Repository.PathOf("src/AkidaQuant.PowerShell/Commands"), "*.cs")
            .Select(path => CmdletPattern().Match(File.ReadAllText(path)))
            .Where(match => match.Success)
            .Select(match => $"{match.Groups["verb"].Value}-{match.Groups["noun"].Value}")
            .Order(StringComparer.Ordinal);

    [GeneratedRegex("""\[Cmdlet\(\s*Verbs\w+\.(?<verb>\w+),\s*"(?<noun>\w+)"|\[Cmdlet\(\s*"(?<verb>\w+)",\s*"(?<noun>\w+)""")]
    private static partial Regex CmdletPattern();
}

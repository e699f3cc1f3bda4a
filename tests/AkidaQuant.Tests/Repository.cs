using System.Reflection;

namespace AkidaQuant.Tests;

/// <summary>Where the repository's files lie, for tests that read them.</summary>
internal static class Repository
{
    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>The assembly of the shell that was built with the tests.</summary>
    public static string Shell { get; } = Metadata("Shell");

    /// <summary>The manifest of Pester.</summary>
    public static string Pester { get; } = Path.GetFullPath(Metadata("Pester"));

    /// <summary>A version of YamlDotNet that is not the module's.</summary>
    public static string OtherYamlDotNet { get; } = Path.GetFullPath(Metadata("OtherYamlDotNet"));

    /// <summary>The full path of a file or folder, given from the root with forward slashes.</summary>
    public static string PathOf(string relative) => Path.GetFullPath(Path.Combine(Root, relative));

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == key).Value!;
}

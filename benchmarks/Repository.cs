using System.Reflection;

namespace AkidaQuant.Benchmarks;

/// <summary>Where the repository's files lie.</summary>
internal static class Repository
{
    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>The assembly of the shell that was built with the benchmarks.</summary>
    public static string Shell { get; } = Metadata("Shell");

    /// <summary>The full path of a file or folder, given from the root with forward slashes.</summary>
    public static string PathOf(string relative) => Path.GetFullPath(Path.Combine(Root, relative));

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == key).Value!;
}

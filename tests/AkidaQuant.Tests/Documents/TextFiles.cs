namespace AkidaQuant.Tests.Documents;

/// <summary>The repository's own files, without what builds, tests and editors leave beside them.</summary>
internal static class TextFiles
{
    private static readonly string[] _products = [".git", ".vs", "artifacts", "bin", "obj", "TestResults"];

    /// <summary>All files, by their path from the root with forward slashes, in the order of those.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Below(new DirectoryInfo(Repository.Root), "").Order(StringComparer.Ordinal)];

    /// <summary>The pages, which are the files in Markdown.</summary>
    public static IEnumerable<string> Pages => All.Where(IsPage);

    /// <summary>Whether a path is a page's.</summary>
    public static bool IsPage(string path) => path.EndsWith(".md", StringComparison.Ordinal);

    /// <summary>The text of a file, with line feeds alone.</summary>
    public static string Read(string path) => File.ReadAllText(Repository.PathOf(path)).ReplaceLineEndings("\n");

    private static IEnumerable<string> Below(DirectoryInfo folder, string prefix)
    {
        foreach (FileInfo file in folder.EnumerateFiles())
        {
            yield return prefix + file.Name;
        }

        foreach (DirectoryInfo inner in folder.EnumerateDirectories())
        {
            if (_products.Contains(inner.Name) || (prefix.Length == 0 && inner.Name == "en-US"))
            {
                continue;
            }

            foreach (string file in Below(inner, $"{prefix}{inner.Name}/"))
            {
                yield return file;
            }
        }
    }
}

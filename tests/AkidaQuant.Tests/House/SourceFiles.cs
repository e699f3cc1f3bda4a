using System.Text.RegularExpressions;

namespace AkidaQuant.Tests.House;

/// <summary>Which file of the core declares which type.</summary>
internal static partial class SourceFiles
{
    private static readonly string Root = Repository.PathOf("src/AkidaQuant");
    private static readonly Dictionary<string, string> Files = Find();

    /// <summary>The folders that hold sources, from the core's folder with forward slashes; <c>.</c> is that folder itself.</summary>
    public static IEnumerable<string> Folders => Files.Values.Select(FolderOf).Distinct();

    /// <summary>The file that declares a type, from the core's folder; null for types that no file of the repository declares.</summary>
    /// <param name="type">Namespace and name, without type parameters.</param>
    public static string? FileOf(string type) => Files.GetValueOrDefault(type);

    /// <summary>The folder of a file, both from the core's folder.</summary>
    public static string FolderOf(string file) => Path.GetDirectoryName(file) is { Length: > 0 } folder ? folder.Replace('\\', '/') : ".";

    private static Dictionary<string, string> Find()
    {
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (string path in CodeFiles.Under(Root))
        {
            string text = File.ReadAllText(path);
            string name = NamespaceLine().Match(text).Groups[1].Value;
            foreach (Match declaration in Declaration().Matches(text))
            {
                // A partial class is declared by the first of its files, the one that is named after it.
                files.TryAdd($"{name}.{declaration.Groups["name"].Value}", Path.GetRelativePath(Root, path));
            }
        }

        return files;
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(
        @"^(?:public|internal) (?:(?:sealed|static|abstract|partial|readonly|unsafe) )*"
            + @"(?:class|record struct|record|struct|interface|enum|delegate [^(]*?) ?\b(?<name>\w+)(?:<[^(]*>)?\s*(?:\(|:|;|\{|$|where)",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();
}

namespace AkidaQuant.Tests.House;

/// <summary>The C# files of the repository, in the order of their names; what a build makes is left out.</summary>
internal static class CodeFiles
{
    public static IEnumerable<string> Under(string folder) => !Directory.Exists(folder) ? [] : Directory
        .EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(path => !Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
        .Order(StringComparer.Ordinal);
}

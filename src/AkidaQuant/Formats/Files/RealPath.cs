namespace AkidaQuant.Formats.Files;

/// <summary>Follows symbolic links as the system does, those of folders on the way included.</summary>
internal static class RealPath
{
    /// <summary>As many as operating systems follow.</summary>
    private const int MostLinks = 40;

    /// <summary>
    /// The path of a file, all links on the way followed, those of a link's own target too; of a missing one where it would be.
    /// </summary>
    /// <exception cref="IOException">The links lead in a circle, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The links cannot be read.</exception>
    public static string Of(string path) => Follow(path, 0);

    /// <summary>Whether there is a link at a path, wherever it leads.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be read.</exception>
    public static bool IsLink(string path) => LinkTarget(path) is not null;

    private static string Follow(string path, int links)
    {
        path = Path.GetFullPath(path);
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        string real = Path.Combine(Follow(parent, links), Path.GetFileName(path));
        return LinkTarget(real) is not { } target ? real
            : links < MostLinks ? Follow(target, links + 1)
            : throw new IOException($"'{path}' is a link in a circle.");
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).ResolveLinkTarget(returnFinalTarget: false)?.FullName;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

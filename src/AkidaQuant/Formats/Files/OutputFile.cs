namespace AkidaQuant.Formats.Files;

/// <summary>
/// Writes files beside their target and renames them, so that a target is whole or untouched. One that replaces another keeps the
/// permissions of that, and where a symbolic link stands in its place, the file that the link leads to is the target.
/// </summary>
internal static class OutputFile
{
    /// <summary>Writes a file, replacing one that exists.</summary>
    /// <exception cref="QuantException">The folder is missing, or the file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string target = Target(path);
        string folder = Path.GetDirectoryName(target) ?? target;
        FileBeside.RemoveAbandoned(folder);
        try
        {
            using FileBeside beside = FileBeside.Create(folder, ModeOf(target));
            write(beside.Stream);
            beside.MoveTo(target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw NotWritten(path, FileProblem.DescribeNew(path, e), e);
        }
    }

    /// <summary>The file that a path stands for, links followed.</summary>
    private static string Target(string path)
    {
        bool isLink = false;
        try
        {
            string full = Path.GetFullPath(path);
            isLink = RealPath.IsLink(full);
            return isLink ? RealPath.Of(full) : full;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw NotWritten(
                path,
                isLink
                    ? "it is a symbolic link that cannot be followed. Remove the link, or give another path."
                    : FileProblem.DescribeNew(path, e),
                e);
        }
    }

    /// <summary>The permissions of a file that is replaced; null where there is none, or they are those of its folder.</summary>
    private static UnixFileMode? ModeOf(string target) =>
        !OperatingSystem.IsWindows() && File.Exists(target) ? File.GetUnixFileMode(target) : null;

    private static QuantException NotWritten(string path, string problem, Exception e) =>
        new("FileNotWritten", QuantErrorKind.File, $"The file '{path}' cannot be written: {problem}", path, e);
}

using System.Globalization;

namespace AkidaQuant.Formats.Files;

/// <summary>Says in our own words why a file could not be opened, read or written, and what to do.</summary>
internal static class FileProblem
{
    // The codes of Windows and of Linux; macOS shares those of Linux.
    private const int NoSpaceWindows = 0x70;
    private const int NoSpaceUnix = 28;
    private const int SharingViolation = 0x20;
    private const int LockViolation = 0x21;
    private static readonly int ReadOnlyDisk = OperatingSystem.IsWindows() ? 0x13 : 30;

    /// <summary>The reason and the way out, as the end of a sentence and a sentence.</summary>
    public static string Describe(string path, Exception error) =>
        error switch
        {
            _ when Directory.Exists(path) => "it is a folder. Give the path of a file.",
            EndOfStreamException => "it became shorter while it was read. Read it again when nothing writes to it any more.",
            UnauthorizedAccessException => "access to it is denied. Check its permissions and those of its folder.",
            DirectoryNotFoundException => "its folder does not exist. Create the folder first.",
            PathTooLongException => "its name or path is too long. Give it a shorter one.",
            ArgumentException or NotSupportedException => "its name holds characters that no file name can have. Give it another one.",
            { HResult: var code } when (code & 0xFFFF) is NoSpaceWindows or NoSpaceUnix => "the disk is full. Free some space first.",
            { HResult: var code } when (code & 0xFFFF) == ReadOnlyDisk => "its disk is read-only. Choose a folder on another one.",
            { HResult: var code } when (code & 0xFFFF) is SharingViolation or LockViolation =>
                "another program is using it. Close that program first.",
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"the system reports the error {error.HResult & 0xFFFF}. Check the disk and the connection to it."),
        };

    /// <summary>The same for a file that was to be made, whose folder may be what does not allow it.</summary>
    public static string DescribeNew(string path, Exception error)
    {
        if (error is not (FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException) || Path.Exists(path))
        {
            return Describe(path, error);
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
        return File.Exists(folder) ? $"'{folder}' is a file, not a folder. Give another path."
            : Directory.Exists(folder)
                ? $"the system allows no new file in the folder '{folder}'. Check the folder's permissions, or choose another folder."
            : Describe(path, error);
    }
}

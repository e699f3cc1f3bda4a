using System.Diagnostics;

namespace AkidaQuant.Formats.Files;

/// <summary>
/// A file that is written beside its target, and removed unless it takes the target's place. What a process that was killed has left of
/// it is found by its name, and that nobody holds it open.
/// </summary>
internal sealed class FileBeside : IDisposable
{
    private const string Prefix = ".akidaquant-";
    private const string Extension = ".tmp";
    private const int Attempts = 8;

    // Where files cannot be held, nobody writes to one for longer.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly string _path;

    private FileBeside(string path, FileStream stream)
    {
        _path = path;
        Stream = stream;
    }

    /// <summary>The content.</summary>
    public FileStream Stream { get; }

    /// <summary>Makes a file in a folder, which has the permissions of the file that it is to replace from the start.</summary>
    /// <param name="folder">The folder of the target.</param>
    /// <param name="mode">The permissions; null for those of a new file.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made.</exception>
    public static FileBeside Create(string folder, UnixFileMode? mode)
    {
        for (int attempt = 1; ; attempt++)
        {
            // The name does not hold that of the target, which may have the greatest length already.
            string path = Path.Combine(folder, $"{Prefix}{Guid.NewGuid():N}{Extension}");
            FileBeside? beside = TryCreate(path, mode, isLast: attempt == Attempts);
            if (beside is not null)
            {
                return beside;
            }
        }
    }

    /// <summary>Removes what exports that were killed have left in a folder.</summary>
    public static void RemoveAbandoned(string folder)
    {
        try
        {
            foreach (string path in Directory.EnumerateFiles(folder, $"{Prefix}*{Extension}"))
            {
                if (IsAbandoned(path))
                {
                    Remove(path);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Trace.TraceWarning($"The folder '{folder}' could not be looked through for temporary files: {e.Message}");
        }
    }

    /// <summary>Puts the file, its content complete, into the place of its target.</summary>
    /// <exception cref="IOException">It cannot be moved there.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be moved there.</exception>
    public void MoveTo(string target)
    {
        Stream.Flush(flushToDisk: true);
        File.Move(_path, target, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        finally
        {
            // A disk that is full refuses what is left in the buffer, too.
            Remove(_path);
        }
    }

    /// <summary>Null where another export took the file for an abandoned one before it was held.</summary>
    private static FileBeside? TryCreate(string path, UnixFileMode? mode, bool isLast)
    {
        // Others may read and rename it, and so whoever opens it for itself alone sees that it is in use; over a network that is
        // seen only of files that are open to read and to write.
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read | FileShare.Delete,
        };
        if (!OperatingSystem.IsWindows() && mode is { } given)
        {
            options.UnixCreateMode = given;
        }

        FileStream stream;
        try
        {
            stream = new FileStream(path, options);
        }
        catch (IOException) when (!isLast && File.Exists(path))
        {
            Remove(path);
            return null;
        }

        if (!isLast && !File.Exists(path))
        {
            stream.Dispose();
            return null;
        }

        FileBeside beside = new(path, stream);
        if (!OperatingSystem.IsWindows() && mode is { } exact)
        {
            try
            {
                // Those at creation are without what the process masks; disks that have one mode for all files let nobody set it.
                if (File.GetUnixFileMode(stream.SafeFileHandle) != exact)
                {
                    File.SetUnixFileMode(stream.SafeFileHandle, exact);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                beside.Dispose();
                throw;
            }
        }

        return beside;
    }

    /// <summary>Whether nobody holds a file open. Some file systems let nobody hold one, which shows as well.</summary>
    private static bool IsAbandoned(string path)
    {
        try
        {
            using FileStream alone = Hold(path);
            try
            {
                using FileStream second = Hold(path);
                return DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > Longest;
            }
            catch (IOException)
            {
                return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static FileStream Hold(string path) => new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Trace.TraceWarning($"The temporary file '{path}' could not be removed: {e.Message}");
        }
    }
}

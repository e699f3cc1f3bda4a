using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace AkidaQuant.Formats.Samples;

/// <summary>Unpacks what is too large for memory into a file that vanishes when nothing uses it any more.</summary>
internal static class TemporaryFile
{
    /// <summary>Copies a stream to its end.</summary>
    /// <param name="content">What to unpack.</param>
    /// <param name="length">The bytes that it may have at most.</param>
    /// <param name="path">The packed file, for errors.</param>
    /// <param name="free">The bytes that are free for it; those of the disk when null.</param>
    /// <returns>The open file and the bytes that it has.</returns>
    /// <exception cref="InvalidDataException">There are more bytes than that.</exception>
    /// <exception cref="QuantException"><c>TemporaryFileFailed</c>: there is no room for them, or the file cannot be made.</exception>
    public static (SafeFileHandle Handle, long Length) Unpack(Stream content, long length, string path, long? free = null)
    {
        string folder = Path.GetTempPath();
        if ((free ?? FreeBytes(folder)) is var room && room < length)
        {
            throw Failed(
                path,
                string.Create(CultureInfo.InvariantCulture, $"they take {length} bytes, and {room} are free there."),
                null);
        }

        SafeFileHandle handle;
        try
        {
            handle = Create(Path.Combine(folder, Path.GetRandomFileName()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, e.Message, e);
        }

        try
        {
            byte[] buffer = new byte[1 << 20];
            long done = 0;
            for (int read = Read(content, buffer); read > 0; read = Read(content, buffer))
            {
                if (done + read > length)
                {
                    throw new InvalidDataException("it holds more than it declares");
                }

                RandomAccess.Write(handle, buffer.AsSpan(0, read), done);
                done += read;
            }

            return (handle, done);
        }
        catch (Exception e)
        {
            handle.Dispose();
            throw e is IOException and not EndOfStreamException ? Failed(path, e.Message, e) : e;
        }
    }

    /// <summary>
    /// Makes the file. On Windows the system removes it with the process; elsewhere it has no name from the start, so that nothing is left
    /// where the process is killed.
    /// </summary>
    private static SafeFileHandle Create(string name)
    {
        SafeFileHandle handle = File.OpenHandle(
            name,
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.Read | FileShare.Delete,
            OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(name);
        }

        return handle;
    }

    /// <summary>The bytes that are free on the disk of a folder; more than any file has where the system does not say.</summary>
    private static long FreeBytes(string folder)
    {
        try
        {
            DriveInfo drive = new(folder);
            return drive.TotalSize > 0 ? drive.AvailableFreeSpace : long.MaxValue;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue;
        }
    }

    // Some damage of packed bytes is reported as if the file could not be read.
    private static int Read(Stream content, byte[] buffer)
    {
        try
        {
            return content.Read(buffer);
        }
        catch (IOException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static QuantException Failed(string path, string problem, Exception? e) =>
        new(
            "TemporaryFileFailed",
            QuantErrorKind.File,
            $"The packed samples of '{path}' are too large for memory and cannot be unpacked into {Path.GetTempPath()}: {problem} Free some space, or store them without compression.",
            path,
            e);
}

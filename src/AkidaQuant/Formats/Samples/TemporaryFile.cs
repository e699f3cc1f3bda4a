using Microsoft.Win32.SafeHandles;

namespace AkidaQuant.Formats.Samples;

/// <summary>Unpacks what is too large for memory into a file that vanishes when nothing uses it any more.</summary>
internal static class TemporaryFile
{
    /// <summary>Copies a stream to its end.</summary>
    /// <param name="content">What to unpack.</param>
    /// <param name="length">The bytes that it may have at most.</param>
    /// <param name="path">The packed file, for errors.</param>
    /// <returns>The open file and the bytes that it has.</returns>
    /// <exception cref="InvalidDataException">There are more bytes than that.</exception>
    public static (SafeFileHandle Handle, long Length) Unpack(Stream content, long length, string path)
    {
        SafeFileHandle handle;
        try
        {
            string name = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
            handle = File.OpenHandle(
                name,
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.Read | FileShare.Delete,
                FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, e);
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
            throw e is IOException and not EndOfStreamException ? Failed(path, e) : e;
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

    private static QuantException Failed(string path, Exception e) =>
        new(
            "TemporaryFileFailed",
            QuantErrorKind.File,
            $"The packed samples of '{path}' are too large for memory and cannot be unpacked into {Path.GetTempPath()}: {e.Message} Free some space, or store them without compression.",
            path,
            e);
}

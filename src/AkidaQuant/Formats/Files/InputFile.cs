namespace AkidaQuant.Formats.Files;

/// <summary>Opens files to read, with errors that say which file and what to do.</summary>
internal static class InputFile
{
    /// <summary>The whole content of a file.</summary>
    /// <exception cref="QuantException">The file is missing, unreadable or larger than 2 GB.</exception>
    public static byte[] ReadAll(string path)
    {
        using FileStream stream = Open(path);
        if (stream.Length > Array.MaxLength)
        {
            throw new QuantException(
                "FileTooLarge",
                QuantErrorKind.NotSupported,
                $"The file '{path}' has {stream.Length} bytes; files of at most 2 GB can be read.",
                path);
        }

        try
        {
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    /// <summary>A file opened for reading.</summary>
    /// <exception cref="QuantException">The file is missing or unreadable.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new QuantException(
                "FileNotFound",
                QuantErrorKind.NotFound,
                $"The file '{path}' does not exist. Check the path.",
                path,
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Unreadable(path, e);
        }
    }

    /// <summary>The error for a file that exists but does not open or read.</summary>
    public static QuantException Unreadable(string path, Exception inner) =>
        new("FileUnreadable", QuantErrorKind.File, $"The file '{path}' cannot be read: {FileProblem.Describe(path, inner)}", path, inner);
}

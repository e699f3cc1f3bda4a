namespace AkidaQuant.Formats.Files;

/// <summary>Opens files to read, with errors that say which file and what to do.</summary>
internal static class InputFile
{
    private const int BlockBytes = 1 << 24;

    /// <summary>What Git LFS leaves in the place of a file whose content was not fetched.</summary>
    private static ReadOnlySpan<byte> LfsPointer => "version https://git-lfs.github.com/spec/"u8;

    /// <summary>The whole content of a file.</summary>
    /// <exception cref="QuantException">The file is missing, unreadable, larger than 2 GB, or a pointer of Git LFS.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static byte[] ReadAll(string path, CancellationToken cancellation = default)
    {
        using FileStream stream = Open(path, cancellation);
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
            ReadBlocks(stream, bytes);
            RequireFetched(path, bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    /// <summary>A file opened for reading, whose reads throw <see cref="OperationCanceledException"/> when told to stop.</summary>
    /// <exception cref="QuantException">The file is missing or unreadable.</exception>
    public static FileStream Open(string path, CancellationToken cancellation = default)
    {
        try
        {
            return new WatchedFile(path, cancellation);
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

    /// <summary>Fills all bytes, block by block, so that a file that is told to stop does so in between.</summary>
    public static void ReadBlocks(FileStream stream, Span<byte> bytes)
    {
        for (; bytes.Length > BlockBytes; bytes = bytes[BlockBytes..])
        {
            stream.ReadExactly(bytes[..BlockBytes]);
        }

        stream.ReadExactly(bytes);
    }

    /// <summary>Refuses a file that begins as a pointer of Git LFS does.</summary>
    /// <exception cref="QuantException"><c>GitLfsPointer</c>.</exception>
    public static void RequireFetched(string path, ReadOnlySpan<byte> start)
    {
        if (start.StartsWith(LfsPointer))
        {
            throw NotFetched(path);
        }
    }

    private static QuantException NotFetched(string path) => new(
        "GitLfsPointer",
        QuantErrorKind.InvalidData,
        $"The file '{path}' is a pointer of Git LFS: the content that it stands for was not fetched. Run 'git lfs install' once and 'git lfs pull' in its repository, or download the file itself.",
        path);

    /// <summary>The error for a file that exists but does not open or read.</summary>
    public static QuantException Unreadable(string path, Exception inner) =>
        new("FileUnreadable", QuantErrorKind.File, $"The file '{path}' cannot be read: {FileProblem.Describe(path, inner)}", path, inner);
}

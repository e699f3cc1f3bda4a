namespace AkidaQuant.Formats.Files;

/// <summary>Writes files beside their target and renames them, so that a target is whole or untouched.</summary>
internal static class OutputFile
{
    /// <summary>Writes a file, replacing one that exists.</summary>
    /// <exception cref="QuantException">The folder is missing, or the file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        // The name beside does not hold that of the target, which may have the greatest length already.
        string full = FullPath(path);
        string beside = Path.Combine(Path.GetDirectoryName(full) ?? full, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream stream = new(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, full, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw NotWritten(path, e);
        }
        finally
        {
            Remove(beside);
        }
    }

    private static string FullPath(string path)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (Exception e) when (e is ArgumentException or PathTooLongException or NotSupportedException)
        {
            throw NotWritten(path, e);
        }
    }

    private static QuantException NotWritten(string path, Exception e) =>
        new("FileNotWritten", QuantErrorKind.File, $"The file '{path}' cannot be written: {FileProblem.DescribeNew(path, e)}", path, e);

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            System.Diagnostics.Trace.TraceWarning($"The temporary file '{path}' could not be removed: {e.Message}");
        }
    }
}

namespace AkidaQuant.Formats;

/// <summary>Writes files beside their target and renames them, so that a target is whole or untouched.</summary>
internal static class OutputFile
{
    /// <summary>Writes a file, replacing one that exists.</summary>
    /// <exception cref="QuantException">The folder is missing, or the file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string beside = Path.Combine(Path.GetDirectoryName(full) ?? full, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
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
            throw new QuantException("FileNotWritten", QuantErrorKind.File, $"The file '{path}' cannot be written: {e.Message}", path, e);
        }
        finally
        {
            Remove(beside);
        }
    }

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

namespace AkidaQuant.Formats.Files;

/// <summary>
/// A file opened for reading that can be told to stop: what unpacks, decodes or copies it notices at its next read, without asking itself.
/// </summary>
internal sealed class WatchedFile(string path, CancellationToken cancellation)
    : FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read)
{
    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        return base.Read(buffer);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        cancellation.ThrowIfCancellationRequested();
        return base.Read(buffer, offset, count);
    }
}

namespace AkidaQuant.Formats.Files;

/// <summary>Content in memory whose reading can be told to stop, as that of a <see cref="WatchedFile"/>.</summary>
internal sealed class WatchedMemory(byte[] content, CancellationToken cancellation) : MemoryStream(content, writable: false)
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

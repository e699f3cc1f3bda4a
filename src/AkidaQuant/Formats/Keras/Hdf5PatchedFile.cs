namespace AkidaQuant.Formats.Keras;

/// <summary>
/// A file in memory as the library takes it: with a few bytes replaced and others behind its end, and without a copy of all others. Reading
/// it can be told to stop.
/// </summary>
internal sealed class Hdf5PatchedFile : Stream
{
    private readonly ReadOnlyMemory<byte> _file;
    private readonly (int Position, byte[] Bytes)[] _patches;
    private readonly ReadOnlyMemory<byte> _appended;
    private readonly int _longest;
    private readonly CancellationToken _cancellation;

    /// <summary>A file with changes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="patches">What is replaced, and where; of two at one place the latter holds.</param>
    /// <param name="appended">What lies behind its end.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public Hdf5PatchedFile(
        ReadOnlyMemory<byte> file,
        IEnumerable<(int Position, byte[] Bytes)> patches,
        ReadOnlyMemory<byte> appended,
        CancellationToken cancellation)
    {
        _file = file;
        _patches = [.. patches.OrderBy(patch => patch.Position)];
        _appended = appended;
        _longest = _patches.Select(patch => patch.Bytes.Length).DefaultIfEmpty().Max();
        _cancellation = cancellation;
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => (long)_file.Length + _appended.Length;

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (Position >= Length)
        {
            return 0;
        }

        int read;
        if (Position >= _file.Length)
        {
            ReadOnlySpan<byte> rest = _appended.Span[(int)(Position - _file.Length)..];
            read = Math.Min(rest.Length, buffer.Length);
            rest[..read].CopyTo(buffer);
        }
        else
        {
            ReadOnlySpan<byte> rest = _file.Span[(int)Position..];
            read = Math.Min(rest.Length, buffer.Length);
            rest[..read].CopyTo(buffer);
            Replace(buffer[..read]);
        }

        Position += read;
        return read;
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        long from = origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => Position, _ => Length };
        long position = from + offset;
        return position >= 0 ? Position = position : throw new IOException("A position in front of a file does not exist.");
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is ever written.
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Replace(Span<byte> buffer)
    {
        int start = (int)Position;
        int end = start + buffer.Length;
        for (int i = FirstFrom(start - _longest); i < _patches.Length && _patches[i].Position < end; i++)
        {
            (int position, byte[] bytes) = _patches[i];
            int first = Math.Max(position, start);
            int last = Math.Min(position + bytes.Length, end);
            if (first < last)
            {
                bytes.AsSpan(first - position, last - first).CopyTo(buffer[(first - start)..]);
            }
        }
    }

    private int FirstFrom(int position)
    {
        int low = 0;
        int high = _patches.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _patches[middle].Position < position ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

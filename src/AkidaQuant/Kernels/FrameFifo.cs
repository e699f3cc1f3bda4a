namespace AkidaQuant.Kernels;

/// <summary>
/// The last frames of every stream, oldest first, side by side at each position: (batch, positions, frames, channels)
/// (layers.md 9.1).
/// </summary>
public sealed class FrameFifo
{
    private readonly int _row;
    private readonly int _channels;

    /// <summary>A queue of frames.</summary>
    /// <param name="frames">The number of frames that are kept.</param>
    /// <param name="channels">The channels of a frame.</param>
    public FrameFifo(int frames, int channels)
    {
        _row = frames * channels;
        _channels = channels;
    }

    /// <summary>Drops the oldest frame of each stream and appends a new one.</summary>
    /// <param name="fifo">(batch, positions, frames, channels).</param>
    /// <param name="frame">(batch, positions, channels), in the same storage.</param>
    /// <param name="batch">The number of streams.</param>
    /// <exception cref="ArgumentException">The storages differ.</exception>
    public void Push(IntegerData fifo, IntegerData frame, int batch)
    {
        if (fifo.Storage != frame.Storage)
        {
            throw new ArgumentException($"A queue of {fifo.Storage} cannot take a frame of {frame.Storage}.", nameof(frame));
        }

        switch (fifo.Storage)
        {
            case IntegerStorage.Int16:
                Push<short>(fifo.Values<short>(batch), frame.Values<short>(batch));
                break;
            case IntegerStorage.Int32:
                Push<int>(fifo.Values<int>(batch), frame.Values<int>(batch));
                break;
            default:
                Push<long>(fifo.Values<long>(batch), frame.Values<long>(batch));
                break;
        }
    }

    /// <summary>Drops the oldest frame of each stream and appends a new one.</summary>
    /// <param name="fifo">(batch, positions, frames, channels).</param>
    /// <param name="frame">(batch, positions, channels).</param>
    public void Push(Span<float> fifo, ReadOnlySpan<float> frame) => Push<float>(fifo, frame);

    private void Push<T>(Span<T> fifo, ReadOnlySpan<T> frame)
    {
        int kept = _row - _channels;
        for (int start = 0, from = 0; start < fifo.Length; start += _row, from += _channels)
        {
            Span<T> row = fifo.Slice(start, _row);
            row[_channels..].CopyTo(row);
            frame.Slice(from, _channels).CopyTo(row[kept..]);
        }
    }
}

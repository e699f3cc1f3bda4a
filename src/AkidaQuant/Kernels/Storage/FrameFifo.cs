using System.Numerics;
using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Storage;

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
    public void Push(IntegerData fifo, IntegerData frame, int batch) => StorageDispatch.RunWithin(new Operation(this), frame, fifo, batch);

    /// <summary>Drops the oldest frame of each stream and appends a new one.</summary>
    /// <param name="fifo">(batch, positions, frames, channels).</param>
    /// <param name="frame">(batch, positions, channels).</param>
    public void Push(Span<float> fifo, ReadOnlySpan<float> frame) => Push<float>(fifo, frame);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    private readonly struct Operation(FrameFifo owner) : IStorageOperation
    {
        public void Run<T>(ReadOnlySpan<T> input, Span<T> output)
            where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => owner.Push(output, input);
    }
}

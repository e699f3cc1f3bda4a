namespace AkidaQuant.Execution;

/// <summary>What the layers of one runner remember of their streams, from call to call.</summary>
/// <param name="model">The name of the model, for errors.</param>
/// <param name="capacity">The most streams.</param>
internal sealed class StreamState(string model, int capacity)
{
    private readonly List<TensorData> _buffers = [];
    private int? _streams;

    /// <summary>The buffers of one layer, zeros.</summary>
    public TensorData[] Allocate(IReadOnlyList<TensorSpec> state)
    {
        TensorData[] buffers = [.. state.Select(spec => TensorData.Allocate(spec, capacity))];
        _buffers.AddRange(buffers);
        return buffers;
    }

    /// <summary>Checks that a call has as many streams as those before it.</summary>
    /// <exception cref="QuantException"><c>StreamCountChanged</c>.</exception>
    public void Expect(int streams)
    {
        if (_buffers.Count == 0)
        {
            return;
        }

        _streams ??= streams;
        if (streams != _streams)
        {
            throw new QuantException(
                "StreamCountChanged",
                QuantErrorKind.InvalidArgument,
                $"The model '{model}' remembers {_streams} streams, one a sample of the batch, but this batch has {streams} samples. Keep the batch size, or reset the state first.",
                model);
        }
    }

    /// <summary>A copy of what is remembered of each stream.</summary>
    public StreamSnapshot Capture() => new([.. _buffers.Select(buffer => buffer.Bytes(capacity).ToArray())]);

    /// <summary>Remembers what a runner of the same plan and as many streams did.</summary>
    public void Restore(StreamSnapshot snapshot)
    {
        for (int i = 0; i < _buffers.Count; i++)
        {
            snapshot.Buffers[i].CopyTo(_buffers[i].Bytes(capacity));
        }
    }

    /// <summary>Forgets all; the next call may have another number of streams.</summary>
    public void Reset()
    {
        _buffers.ForEach(buffer => buffer.Clear());
        _streams = null;
    }
}

namespace AkidaQuant.Kernels;

/// <summary>Clamps integers between 0 and the maximum of their channel (layers.md 5.1, convert.md 6.1).</summary>
public sealed class Rectification
{
    private readonly int _channels;
    private readonly long[]? _maximum;

    /// <summary>A rectification; <paramref name="maximum"/> has one integer a channel, or is null for no upper bound.</summary>
    public Rectification(int channels, long[]? maximum)
    {
        KernelArguments.ExpectLength(maximum, channels, nameof(maximum));
        _channels = channels;
        _maximum = maximum;
    }

    /// <summary>Computes a batch; input and output may be the same buffer.</summary>
    /// <exception cref="OverflowException">A result does not fit the output's storage.</exception>
    public void Run(IntegerData input, IntegerData output, int batch)
    {
        if (_maximum is null)
        {
            ChannelOperation.Run(default(Unbounded), _channels, input, output, batch);
        }
        else
        {
            ChannelOperation.Run(new Bounded(_maximum), _channels, input, output, batch);
        }
    }

    private readonly struct Unbounded : IChannelOperation
    {
        public long Apply(long value, int channel) => Math.Max(value, 0);
    }

    private readonly struct Bounded(long[] maximum) : IChannelOperation
    {
        public long Apply(long value, int channel) => Math.Min(Math.Max(value, 0), maximum[channel]);
    }
}

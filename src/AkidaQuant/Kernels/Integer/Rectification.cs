using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Clamps integers between 0 and the maximum of their channel (layers.md 5.1, convert.md 6.1).</summary>
public sealed class Rectification : ChannelStep
{
    private readonly long[] _maximum;

    /// <summary>A rectification; <paramref name="maximum"/> has one integer a channel, or is null for no upper bound.</summary>
    public Rectification(int channels, long[]? maximum)
    {
        KernelArguments.ExpectLength(maximum, channels, nameof(maximum));
        _maximum = maximum ?? KernelArguments.PerChannel<long>([long.MaxValue], channels, nameof(maximum));
    }

    /// <inheritdoc/>
    internal override long Apply(long value, int channel) => Math.Min(Math.Max(value, 0), _maximum[channel]);

    /// <inheritdoc/>
    internal override bool TryContinue(ref ChannelLine line, int channel)
    {
        line.Clamp(Math.Min(0, _maximum[channel]), _maximum[channel]);
        return true;
    }
}

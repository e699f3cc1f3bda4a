using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Adds the bias of each channel to the accumulators and saturates them (layers.md 2.4, convert.md 6.1).</summary>
/// <param name="bias">One integer a channel, already shifted.</param>
/// <param name="valueBits">The magnitude bits of the accumulators.</param>
public sealed class BiasAddition(long[] bias, int valueBits) : ChannelStep
{
    private readonly ValueRange _range = ValueRange.OfBits(valueBits);

    /// <inheritdoc/>
    internal override long Apply(long value, int channel) => Rounding.Saturate(value + bias[channel], valueBits);

    /// <inheritdoc/>
    internal override bool TryContinue(ref ChannelLine line, int channel)
    {
        bool isLine = line.TryAdd(bias[channel]);
        line.Clamp(_range.Min, _range.Max);
        return isLine;
    }
}

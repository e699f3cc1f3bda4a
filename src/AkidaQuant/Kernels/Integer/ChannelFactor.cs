using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Multiplies each channel by a factor of its own and saturates the products (layers.md 2.4).</summary>
/// <param name="factors">One factor a channel, none of which brings an integer beyond 63 bits.</param>
/// <param name="valueBits">The magnitude bits of the products.</param>
internal sealed class ChannelFactor(int[] factors, int valueBits) : ChannelStep
{
    private readonly ValueRange _range = ValueRange.OfBits(valueBits);

    /// <inheritdoc/>
    internal override long Apply(long value, int channel) => Rounding.Saturate(value * factors[channel], valueBits);

    /// <inheritdoc/>
    internal override bool TryContinue(ref ChannelLine line, int channel)
    {
        bool isLine = line.TryMultiply(factors[channel]);
        line.Clamp(_range.Min, _range.Max);
        return isLine;
    }
}

using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels;

/// <summary>Adds the bias of each channel to the accumulators and saturates them (layers.md 2.4, convert.md 6.1).</summary>
/// <param name="bias">One integer a channel, already shifted.</param>
/// <param name="valueBits">The magnitude bits of the accumulators.</param>
public sealed class BiasAddition(long[] bias, int valueBits)
{
    /// <summary>Computes a batch in place.</summary>
    /// <exception cref="OverflowException">A sum does not fit the buffer's storage.</exception>
    public void Run(IntegerData accumulators, int batch) =>
        ChannelOperation.Run(new Addition(bias, valueBits), bias.Length, accumulators, accumulators, batch);

    private readonly struct Addition(long[] bias, int valueBits) : IChannelOperation
    {
        public long Apply(long value, int channel) => Rounding.Saturate(value + bias[channel], valueBits);
    }
}

namespace AkidaQuant.Kernels;

/// <summary>Shifts each channel to the left and saturates it (numerics.md 2.4, Upscale and Expand).</summary>
public sealed class ChannelShift
{
    private readonly int _channels;
    private readonly int[] _shifts;
    private readonly int _valueBits;

    /// <summary>A shift; <paramref name="shifts"/> has one value a channel, none negative.</summary>
    public ChannelShift(int channels, int[] shifts, int valueBits)
    {
        KernelArguments.ExpectLength(shifts, channels, nameof(shifts));
        _channels = channels;
        _shifts = shifts;
        _valueBits = valueBits;
    }

    /// <summary>Computes a batch; input and output may be the same buffer.</summary>
    /// <exception cref="OverflowException">A result does not fit the output's storage.</exception>
    public void Run(IntegerData input, IntegerData output, int batch) =>
        ChannelOperation.Run(new Shift(_shifts, 1L << _valueBits), _channels, input, output, batch);

    private readonly struct Shift(int[] shifts, long limit) : IChannelOperation
    {
        public long Apply(long value, int channel) => ShiftedInput.SaturatedShift(value, shifts[channel], limit);
    }
}

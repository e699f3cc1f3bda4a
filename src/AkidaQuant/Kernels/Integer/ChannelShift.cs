using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Shifts each channel to the left and saturates it (numerics.md 2.4, Upscale and Expand).</summary>
public sealed class ChannelShift : ChannelStep
{
    private readonly int[] _shifts;
    private readonly long _limit;

    /// <summary>A shift; <paramref name="shifts"/> has one value a channel, none negative.</summary>
    public ChannelShift(int channels, int[] shifts, int valueBits)
    {
        KernelArguments.ExpectLength(shifts, channels, nameof(shifts));
        _shifts = shifts;
        _limit = 1L << valueBits;
    }

    /// <inheritdoc/>
    internal override long Apply(long value, int channel) => ShiftedInput.SaturatedShift(value, _shifts[channel], _limit);

    /// <inheritdoc/>
    internal override bool TryContinue(ref ChannelLine line, int channel)
    {
        bool isLine = line.TryShiftRound(_shifts[channel]);
        line.Clamp(-_limit, _limit - 1);
        return isLine;
    }
}

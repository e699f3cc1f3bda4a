using AkidaQuant.Kernels.Storage;
using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Brings accumulators to the fractional bits of an output: times an integer scale, saturated, shifted with
/// rounding half towards +infinity, clamped (numerics.md 5.4 and 2.4, convert.md 6.1).
/// </summary>
public sealed class OutputScaling : ChannelStep
{
    private readonly int[] _scales;
    private readonly int[] _shifts;
    private readonly ValueRange _limits;
    private readonly ValueRange _range;

    /// <summary>A scaling.</summary>
    /// <param name="channels">The number of channels.</param>
    /// <param name="scales">One factor a channel; null for no factor and no saturation of the product.</param>
    /// <param name="shifts">One shift a channel: left when positive, right when negative.</param>
    /// <param name="scaledValueBits">The magnitude bits of the product.</param>
    /// <param name="outputRange">The range of the results.</param>
    public OutputScaling(int channels, int[]? scales, int[] shifts, int scaledValueBits, ValueRange outputRange)
    {
        KernelArguments.ExpectLength(scales, channels, nameof(scales));
        KernelArguments.ExpectLength(shifts, channels, nameof(shifts));
        _scales = scales ?? KernelArguments.PerChannel([1], channels, nameof(scales));
        _shifts = shifts;
        _limits = scales is null ? new ValueRange(long.MinValue, long.MaxValue) : ValueRange.OfBits(scaledValueBits);
        _range = outputRange;
    }

    /// <inheritdoc/>
    internal override long Apply(long value, int channel)
    {
        long product = Math.Clamp(value * _scales[channel], _limits.Min, _limits.Max);
        return Math.Clamp(Rounding.ShiftRound(product, _shifts[channel]), _range.Min, _range.Max);
    }

    /// <inheritdoc/>
    internal override bool TryContinue(ref ChannelLine line, int channel)
    {
        if (!line.TryMultiply(_scales[channel]))
        {
            return false;
        }

        line.Clamp(_limits.Min, _limits.Max);
        bool isLine = line.TryShiftRound(_shifts[channel]);
        line.Clamp(_range.Min, _range.Max);
        return isLine;
    }
}

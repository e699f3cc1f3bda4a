using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels;

/// <summary>
/// Brings accumulators to the fractional bits of an output: times an integer scale, saturated, shifted with
/// rounding half towards +infinity, clamped (numerics.md 5.5 and 2.4, convert.md 6.1).
/// </summary>
public sealed class OutputScaling
{
    private readonly int _channels;
    private readonly int[]? _scales;
    private readonly int[] _shifts;
    private readonly int _scaledValueBits;
    private readonly ValueRange _outputRange;

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
        _channels = channels;
        _scales = scales;
        _shifts = shifts;
        _scaledValueBits = scaledValueBits;
        _outputRange = outputRange;
    }

    /// <summary>Computes a batch; input and output may be the same buffer.</summary>
    /// <param name="input">(batch, ..., channels).</param>
    /// <param name="output">The same shape, in a storage that holds the output range.</param>
    /// <param name="batch">The number of samples.</param>
    /// <exception cref="ArgumentException">The output's storage is too narrow.</exception>
    public void Run(IntegerData input, IntegerData output, int batch)
    {
        KernelArguments.ExpectStorage(output, _outputRange);
        if (_scales is null)
        {
            ChannelOperation.Run(new Shifting(_shifts, _outputRange), _channels, input, output, batch);
        }
        else
        {
            ChannelOperation.Run(new Scaling(_scales, _shifts, _scaledValueBits, _outputRange), _channels, input, output, batch);
        }
    }

    private readonly struct Shifting(int[] shifts, ValueRange range) : IChannelOperation
    {
        public long Apply(long value, int channel) => Math.Clamp(Rounding.ShiftRound(value, shifts[channel]), range.Min, range.Max);
    }

    private readonly struct Scaling(int[] scales, int[] shifts, int valueBits, ValueRange range) : IChannelOperation
    {
        public long Apply(long value, int channel)
        {
            long product = Rounding.Saturate(value * scales[channel], valueBits);
            return Math.Clamp(Rounding.ShiftRound(product, shifts[channel]), range.Min, range.Max);
        }
    }
}

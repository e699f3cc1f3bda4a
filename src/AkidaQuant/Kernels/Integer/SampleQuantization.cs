using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Float samples to integers: scaled, rounded half to even, saturated, moved by the zero point (numerics.md 6.1).</summary>
public sealed class SampleQuantization
{
    /// <summary>What is rounded to 32 bits first is saturated there, which changes nothing where all results are as narrow.</summary>
    private const int MaxRoundedBits = 31;

    private readonly float[] _scales;
    private readonly int[]? _zeroPoints;
    private readonly ValueRange _range;
    private readonly ValueRange _results;
    private readonly RoundedLines? _lines;

    /// <summary>A conversion for samples of <paramref name="channels"/> channels.</summary>
    /// <param name="channels">The size of the last axis.</param>
    /// <param name="scales">2^fb for each channel.</param>
    /// <param name="zeroPoints">What is added, for each channel; null for signed integers.</param>
    /// <param name="valueBits">Magnitude bits of the result.</param>
    /// <param name="isRectified">Whether results below 0 become 0.</param>
    public SampleQuantization(int channels, float[] scales, int[]? zeroPoints, int valueBits, bool isRectified = false)
        : this(channels, scales, zeroPoints, valueBits, isRectified, InstructionSets.Best)
    {
    }

    internal SampleQuantization(
        int channels, float[] scales, int[]? zeroPoints, int valueBits, bool isRectified, InstructionSet set)
    {
        ArgumentNullException.ThrowIfNull(scales);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scales.Length, channels);
        _scales = scales;
        _zeroPoints = zeroPoints;
        _range = ValueRange.OfBits(valueBits);
        _results = isRectified ? _range with { Min = 0 } : _range;
        _lines = valueBits <= MaxRoundedBits ? new RoundedLines(scales, null, Lines(), set) : null;
    }

    /// <summary>Converts the first <paramref name="batch"/> samples, channels last.</summary>
    /// <param name="input">(batch, ..., channels).</param>
    /// <param name="output">The same shape, in a storage that holds the results.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, IntegerData output, int batch, WorkShare share = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (_lines is not null)
        {
            _lines.Run(input, output, batch, share);
            return;
        }

        Span<long> wide = output.Values<long>(batch);
        (int start, int end) = share.Of(wide.Length / _scales.Length);
        for (int i = start * _scales.Length; i < end * _scales.Length; i++)
        {
            wide[i] = Convert(input[i], i % _scales.Length);
        }
    }

    /// <summary>
    /// Counts the values that are saturated. One step above the greatest integer is still kept: where the greatest value of calibration is
    /// a power of two it lies there itself (numerics.md 6.1), and loses no more than a step.
    /// </summary>
    /// <param name="run">The values of a channel that stand side by side, as for <see cref="ClampCounting.Of"/>.</param>
    public ClampCounting CreateClampCounting(int run) => ClampCounting.Of(
        _scales.Length,
        run,
        (value, channel) => (double)Rounding.HalfEven(value * _scales[channel]) + (_zeroPoints?[channel] ?? 0),
        _results with { Max = _results.Max + 1 });

    private long Convert(float value, int channel)
    {
        float rounded = Rounding.HalfEven(value * _scales[channel]);
        long integer = (long)Math.Clamp((double)rounded, _range.Min, _range.Max) + (_zeroPoints?[channel] ?? 0);
        return Math.Clamp(integer, _results.Min, _results.Max);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ChannelLine[] Lines()
    {
        ChannelLine[] lines = new ChannelLine[_scales.Length];
        for (int c = 0; c < lines.Length; c++)
        {
            lines[c] = ChannelLine.Identity(ValueRange.OfBits(MaxRoundedBits));
            lines[c].Clamp(_range.Min, _range.Max);
            _ = lines[c].TryAdd(_zeroPoints?[c] ?? 0);
            lines[c].Clamp(_results.Min, _results.Max);
        }

        return lines;
    }
}

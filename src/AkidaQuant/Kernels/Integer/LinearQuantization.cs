using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;
using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Float samples to integers as ONNX's QuantizeLinear makes them: divided by the scale in float32, rounded half to even,
/// moved by the zero point, saturated (onnx.md 8).
/// </summary>
public sealed class LinearQuantization
{
    /// <summary>
    /// A quotient beyond 32 bits becomes the nearest int. Moved by no more than this it is still beyond what 16 bits hold.
    /// </summary>
    private const int MaxZeroPoint = 1 << 30;

    private readonly float[] _scales;
    private readonly int[] _zeroPoints;
    private readonly ValueRange _range;
    private readonly RoundedLines? _lines;

    /// <summary>A conversion.</summary>
    /// <param name="scales">What one step is worth, for each channel.</param>
    /// <param name="zeroPoints">The integer that stands for 0, for each channel.</param>
    /// <param name="range">The integers that there are, of at most 16 bits.</param>
    /// <exception cref="ArgumentException">The arrays have different lengths.</exception>
    public LinearQuantization(float[] scales, int[] zeroPoints, ValueRange range)
        : this(scales, zeroPoints, range, InstructionSets.Best)
    {
    }

    internal LinearQuantization(float[] scales, int[] zeroPoints, ValueRange range, InstructionSet set)
    {
        ArgumentNullException.ThrowIfNull(scales);
        KernelArguments.ExpectLength(zeroPoints, scales.Length, nameof(zeroPoints));
        _scales = scales;
        _zeroPoints = zeroPoints;
        _range = range;
        if (Array.TrueForAll(zeroPoints, value => value is >= -MaxZeroPoint and <= MaxZeroPoint))
        {
            _lines = new RoundedLines(scales, int.MinValue, Lines(), set);
        }
    }

    /// <summary>Converts the first <paramref name="batch"/> samples, channels last.</summary>
    /// <param name="input">(batch, ..., channels).</param>
    /// <param name="output">The same shape.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <exception cref="ArgumentException">The output's storage is not the narrowest for the range.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, IntegerData output, int batch, WorkShare share = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (output.Storage != IntegerStorage.Int16)
        {
            throw new ArgumentException($"The output is stored as {output.Storage}, but its integers have 16 bits.", nameof(output));
        }

        if (_lines is not null)
        {
            _lines.Run(input, output, batch, share);
            return;
        }

        Span<short> integers = output.Values<short>(batch);
        (int start, int end) = share.Of(integers.Length / _scales.Length);
        for (int i = start * _scales.Length; i < end * _scales.Length; i++)
        {
            integers[i] = Convert(input[i], i % _scales.Length);
        }
    }

    /// <summary>Counts the values that are saturated.</summary>
    /// <param name="run">The values of a channel that stand side by side, as for <see cref="ClampCounting.Of"/>.</param>
    public ClampCounting CreateClampCounting(int run) => ClampCounting.Of(
        _scales.Length, run, (value, channel) => (double)Rounding.HalfEven(value / _scales[channel]) + _zeroPoints[channel], _range);

    private short Convert(float value, int channel)
    {
        // In double the sum is exact; what is not a number becomes the least integer.
        double integer = (double)Rounding.HalfEven(value / _scales[channel]) + _zeroPoints[channel];
        return (short)(integer > _range.Min ? Math.Min(integer, _range.Max) : _range.Min);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ChannelLine[] Lines()
    {
        ChannelLine[] lines = new ChannelLine[_scales.Length];
        for (int c = 0; c < lines.Length; c++)
        {
            lines[c] = ChannelLine.Identity(ValueRange.OfBits(31));
            _ = lines[c].TryAdd(_zeroPoints[c]);
            lines[c].Clamp(_range.Min, _range.Max);
        }

        return lines;
    }
}

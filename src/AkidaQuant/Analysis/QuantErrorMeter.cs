using AkidaQuant.Checks;
using AkidaQuant.Numerics;

namespace AkidaQuant.Analysis;

/// <summary>
/// Compares float values with the integers that stand for them: all together, or each channel of the last axis by itself
/// (tools.md 2.1). Integers on a bound count as saturated and are left out of the error.
/// </summary>
internal sealed class QuantErrorMeter
{
    private readonly Saturation[] _saturations;
    private readonly Smape[] _errors;
    private readonly double[] _signals;
    private readonly double[] _noises;
    private readonly double[] _clipped;

    /// <summary>A meter for values of a range.</summary>
    /// <param name="range">The bounds of the integers.</param>
    /// <param name="channels">The number of channels to measure one by one; null to measure all together.</param>
    public QuantErrorMeter(ValueRange range, int? channels)
    {
        IsPerChannel = channels is not null;
        int count = channels ?? 1;
        _saturations = [.. Enumerable.Range(0, count).Select(_ => new Saturation(range))];
        _errors = [.. Enumerable.Range(0, count).Select(_ => new Smape())];
        _signals = new double[count];
        _noises = new double[count];
        _clipped = new double[count];
    }

    /// <summary>Whether there is a result for each channel.</summary>
    public bool IsPerChannel { get; }

    /// <summary>The results.</summary>
    public IEnumerable<(double Smape, double Saturation)> Results =>
        _errors.Zip(_saturations, (error, saturation) => (error.Result, saturation.Result));

    /// <summary>
    /// The errors of all values, saturated ones too: signal to noise in decibels, the length of the difference by that of the float values,
    /// and the part of it that saturated values have.
    /// </summary>
    public IEnumerable<(double SignalToNoise, double Relative, double OfSaturated)> Errors => _signals.Select((signal, i) => (
        Decibels.Of(signal, _noises[i]), Decibels.RelativeError(signal, _noises[i]), Decibels.RelativeError(signal, _clipped[i])));

    /// <summary>Adds values, channels last.</summary>
    /// <param name="expected">The float values.</param>
    /// <param name="integers">The integers.</param>
    /// <param name="actual">What the integers stand for.</param>
    public void Update(ReadOnlySpan<float> expected, ReadOnlySpan<long> integers, ReadOnlySpan<float> actual)
    {
        int channels = _errors.Length;
        int most = integers.Length / channels;
        float[] expectedKept = new float[most];
        float[] actualKept = new float[most];
        long[] own = new long[most];
        for (int channel = 0; channel < channels; channel++)
        {
            ValueRange range = _saturations[channel].Range;
            int count = 0;
            int kept = 0;
            for (int i = channel; i < integers.Length; i += channels)
            {
                own[count++] = integers[i];
                double square = ((double)expected[i] - actual[i]) * ((double)expected[i] - actual[i]);
                _signals[channel] += (double)expected[i] * expected[i];
                _noises[channel] += square;
                if (integers[i] > range.Min && integers[i] < range.Max)
                {
                    expectedKept[kept] = expected[i];
                    actualKept[kept++] = actual[i];
                }
                else
                {
                    _clipped[channel] += square;
                }
            }

            _saturations[channel].Update(own.AsSpan(0, count));
            _errors[channel].Update(expectedKept.AsSpan(0, kept), actualKept.AsSpan(0, kept));
        }
    }

    /// <summary>The real values of integers, in float32 (numerics.md 2.4 and 3).</summary>
    /// <param name="integers">The integers, channels last.</param>
    /// <param name="fracBits">Fractional bits, one or one a channel.</param>
    /// <param name="scales">Scales, one or one a channel; null for none.</param>
    public static float[] Dequantize(ReadOnlySpan<long> integers, ScalarOrVector<int> fracBits, ScalarOrVector<float>? scales)
    {
        float[] values = new float[integers.Length];
        for (int i = 0; i < values.Length; i++)
        {
            float value = MathF.ScaleB(integers[i], -fracBits.At(i % fracBits.Count));
            values[i] = scales is { } given ? value * given.At(i % given.Count) : value;
        }

        return values;
    }
}

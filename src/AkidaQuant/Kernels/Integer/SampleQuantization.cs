using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Float samples to integers: scaled, rounded half to even, saturated, moved by the zero point (numerics.md 6.1).</summary>
public sealed class SampleQuantization
{
    private readonly float[] _scales;
    private readonly int[]? _zeroPoints;
    private readonly int _valueBits;

    /// <summary>A conversion for samples of <paramref name="channels"/> channels.</summary>
    /// <param name="channels">The size of the last axis.</param>
    /// <param name="scales">2^fb for each channel.</param>
    /// <param name="zeroPoints">What is added, for each channel; null for signed integers.</param>
    /// <param name="valueBits">Magnitude bits of the result.</param>
    public SampleQuantization(int channels, float[] scales, int[]? zeroPoints, int valueBits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(scales.Length, channels);
        _scales = scales;
        _zeroPoints = zeroPoints;
        _valueBits = valueBits;
    }

    /// <summary>Converts the first <paramref name="batch"/> samples.</summary>
    public void Run(ReadOnlySpan<float> input, IntegerData output, int batch)
    {
        switch (output.Storage)
        {
            case IntegerStorage.Int16:
                Span<short> narrow = output.Values<short>(batch);
                for (int i = 0; i < narrow.Length; i++)
                {
                    narrow[i] = (short)Convert(input[i], i % _scales.Length);
                }

                break;
            case IntegerStorage.Int32:
                Span<int> middle = output.Values<int>(batch);
                for (int i = 0; i < middle.Length; i++)
                {
                    middle[i] = (int)Convert(input[i], i % _scales.Length);
                }

                break;
            default:
                Span<long> wide = output.Values<long>(batch);
                for (int i = 0; i < wide.Length; i++)
                {
                    wide[i] = Convert(input[i], i % _scales.Length);
                }

                break;
        }
    }

    private long Convert(float value, int channel)
    {
        double bound = 1L << _valueBits;
        float rounded = Rounding.HalfEven(value * _scales[channel]);
        long integer = (long)Math.Clamp(rounded, -bound, bound - 1);
        return _zeroPoints is null ? integer : Rounding.Saturate(integer + _zeroPoints[channel], _valueBits);
    }
}

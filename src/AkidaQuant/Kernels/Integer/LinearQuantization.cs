using AkidaQuant.Kernels.Storage;
using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Float samples to integers as ONNX's QuantizeLinear makes them: divided by the scale in float32, rounded half to even,
/// moved by the zero point, saturated (onnx.md 8).
/// </summary>
public sealed class LinearQuantization
{
    private readonly float[] _scales;
    private readonly int[] _zeroPoints;
    private readonly ValueRange _range;

    /// <summary>A conversion.</summary>
    /// <param name="scales">What one step is worth, for each channel.</param>
    /// <param name="zeroPoints">The integer that stands for 0, for each channel.</param>
    /// <param name="range">The integers that there are, of at most 16 bits.</param>
    /// <exception cref="ArgumentException">The arrays have different lengths.</exception>
    public LinearQuantization(float[] scales, int[] zeroPoints, ValueRange range)
    {
        ArgumentNullException.ThrowIfNull(scales);
        KernelArguments.ExpectLength(zeroPoints, scales.Length, nameof(zeroPoints));
        _scales = scales;
        _zeroPoints = zeroPoints;
        _range = range;
    }

    /// <summary>Converts the first <paramref name="batch"/> samples, channels last.</summary>
    /// <exception cref="ArgumentException">The output's storage is not the narrowest for the range.</exception>
    public void Run(ReadOnlySpan<float> input, IntegerData output, int batch)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (output.Storage != IntegerStorage.Int16)
        {
            throw new ArgumentException($"The output is stored as {output.Storage}, but its integers have 16 bits.", nameof(output));
        }

        Span<short> integers = output.Values<short>(batch);
        for (int i = 0, channel = 0; i < integers.Length; i++)
        {
            float rounded = Rounding.HalfEven(input[i] / _scales[channel]);

            // In double the sum is exact; what is not a number becomes the least integer.
            double integer = (double)rounded + _zeroPoints[channel];
            integers[i] = (short)(integer > _range.Min ? Math.Min(integer, _range.Max) : _range.Min);
            channel = channel + 1 == _scales.Length ? 0 : channel + 1;
        }
    }
}

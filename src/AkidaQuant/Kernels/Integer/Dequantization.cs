using System.Numerics;
using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Integers to float32: divided by 2^fb, then times the scale, each rounded (numerics.md 2.4 and 3).</summary>
public sealed class Dequantization
{
    private readonly float[] _step;
    private readonly float[]? _scales;

    /// <summary>A conversion for tensors of <paramref name="channels"/> channels.</summary>
    public Dequantization(int channels, int[] fracBits, float[]? scales)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(fracBits.Length, channels);
        _step = Array.ConvertAll(fracBits, bits => Rounding.Pow2(-bits));
        _scales = scales;
    }

    /// <summary>Converts the first <paramref name="batch"/> samples.</summary>
    public void Run(IntegerData input, Span<float> output, int batch)
    {
        switch (input.Storage)
        {
            case IntegerStorage.Int16:
                Run<short>(input.Values<short>(batch), output);
                break;
            case IntegerStorage.Int32:
                Run<int>(input.Values<int>(batch), output);
                break;
            default:
                Run<long>(input.Values<long>(batch), output);
                break;
        }
    }

    private void Run<T>(ReadOnlySpan<T> input, Span<float> output)
        where T : unmanaged, IBinaryInteger<T>
    {
        int channels = _step.Length;
        for (int start = 0; start < input.Length; start += channels)
        {
            for (int c = 0; c < channels; c++)
            {
                float value = float.CreateTruncating(input[start + c]) * _step[c];
                output[start + c] = _scales is null ? value : value * _scales[c];
            }
        }
    }
}

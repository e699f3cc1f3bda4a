using System.Numerics.Tensors;
using System.Numerics;
using System.Runtime.CompilerServices;
using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Integers to float32: divided by 2^fb, then times the scale, each rounded (numerics.md 2.4 and 3).</summary>
/// <remarks>A block of whole rows at a time, in which each element meets the step and the scale of its channel.</remarks>
public sealed class Dequantization
{
    private const int BlockElements = 1024;

    private readonly int _channels;
    private readonly float[] _steps;
    private readonly float[]? _scales;

    /// <summary>A conversion for tensors of <paramref name="channels"/> channels.</summary>
    public Dequantization(int channels, int[] fracBits, float[]? scales)
    {
        ArgumentNullException.ThrowIfNull(fracBits);
        ArgumentOutOfRangeException.ThrowIfNotEqual(fracBits.Length, channels);
        _channels = channels;
        _steps = Repeated(Array.ConvertAll(fracBits, bits => Rounding.Pow2(-bits)));
        _scales = scales is null ? null : Repeated(scales);
    }

    /// <summary>Converts the first <paramref name="batch"/> samples.</summary>
    /// <param name="input">(batch, ..., channels).</param>
    /// <param name="output">The same shape.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    public void Run(IntegerData input, Span<float> output, int batch, WorkShare share = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        switch (input.Storage)
        {
            case IntegerStorage.Int16:
                Run<short>(input.Values<short>(batch), output, share);
                break;
            case IntegerStorage.Int32:
                Run<int>(input.Values<int>(batch), output, share);
                break;
            default:
                Run<long>(input.Values<long>(batch), output, share);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<T>(ReadOnlySpan<T> input, Span<float> output, WorkShare share)
        where T : unmanaged, INumber<T>
    {
        (int start, int end) = share.Of(input.Length / _channels);
        for (int first = start * _channels; first < end * _channels; first += _steps.Length)
        {
            int count = Math.Min(_steps.Length, (end * _channels) - first);
            Span<float> values = output.Slice(first, count);
            TensorPrimitives.ConvertTruncating(input.Slice(first, count), values);
            TensorPrimitives.Multiply(values, _steps.AsSpan(0, count), values);
            if (_scales is not null)
            {
                TensorPrimitives.Multiply(values, _scales.AsSpan(0, count), values);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float[] Repeated(float[] values)
    {
        float[] result = new float[Math.Max(1, BlockElements / _channels) * _channels];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = values[i % _channels];
        }

        return result;
    }
}

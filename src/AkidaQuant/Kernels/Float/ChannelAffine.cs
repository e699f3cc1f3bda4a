using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Float;

/// <summary>
/// <c>(x - shift) * factor + offset</c> in float32 with values that repeat along a tensor, each operation rounded.
/// </summary>
/// <remarks>
/// The values are written out for many pixels in a row, so that a lane of the input meets the value of its channel in the
/// same lane, without regard to where a pixel ends. For 3 channels and vectors of 4 lanes:
/// <code>
///   x         [x0 x1 x2 x3] [x4 x5 x6 x7] ...
///   channel   [0  1  2  0 ] [1  2  0  1 ] ...
///   factor    [f0 f1 f2 f0] [f1 f2 f0 f1] ...
/// </code>
/// Product and sum are two operations, not one that rounds once: the bits are those of plain code, in any width.
/// </remarks>
public sealed class ChannelAffine
{
    private const int LeastBlock = 512;

    private readonly float[]? _shift;
    private readonly float[] _factor;
    private readonly float[] _offset;

    /// <summary>An operation whose values repeat every <c>factor.Length</c> elements.</summary>
    /// <param name="shift">What is subtracted first; null for nothing.</param>
    /// <param name="factor">What the difference is multiplied by.</param>
    /// <param name="offset">What is added last, as many values as factors.</param>
    public ChannelAffine(float[]? shift, float[] factor, float[] offset)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(offset.Length, factor.Length);
        _shift = shift is null ? null : Repeat(shift);
        _factor = Repeat(factor);
        _offset = Repeat(offset);
    }

    /// <summary>Computes all elements of <paramref name="input"/>, whose length is a multiple of the period.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        for (int start = 0; start < input.Length; start += _factor.Length)
        {
            int length = Math.Min(_factor.Length, input.Length - start);
            Compute(input.Slice(start, length), 0, output.Slice(start, length));
        }
    }

    /// <summary>Computes values in place (<see cref="FloatFinish"/>): whole rows, or some channels of one row.</summary>
    /// <param name="values">The values.</param>
    /// <param name="channel">The channel of the first.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Finish(Span<float> values, int channel)
    {
        // The parameters are repeated, so that a run may start at any channel of the first row and go on into others.
        int most = _factor.Length - channel;
        for (int start = 0; start < values.Length; start += most)
        {
            Span<float> run = values.Slice(start, Math.Min(most, values.Length - start));
            Compute(run, channel, run);
        }
    }

    private void Compute(ReadOnlySpan<float> values, int at, Span<float> result)
    {
        int length = result.Length;
        ReadOnlySpan<float> shift = _shift is null ? [] : _shift.AsSpan(at, length);
        FloatVectors.Affine(values, shift, _factor.AsSpan(at, length), _offset.AsSpan(at, length), result);
    }

    /// <summary>Whole periods in a row, enough that a block is worth a vector loop.</summary>
    private static float[] Repeat(float[] values)
    {
        int times = Math.Max(1, (LeastBlock + values.Length - 1) / values.Length);
        float[] repeated = new float[values.Length * times];
        for (int i = 0; i < repeated.Length; i += values.Length)
        {
            values.CopyTo(repeated, i);
        }

        return repeated;
    }
}

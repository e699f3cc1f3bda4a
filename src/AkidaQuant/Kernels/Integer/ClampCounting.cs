using System.Numerics;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Counts the floats that a quantizer clamps because they are beyond the integers that there are.</summary>
public sealed class ClampCounting
{
    private const int BlockElements = 1024;

    private readonly float[] _least;
    private readonly float[] _greatest;

    private ClampCounting(float[] least, float[] greatest)
    {
        // Whole blocks of them, so that element i of a block meets the bounds of its own channel.
        int blocks = Math.Max(1, BlockElements / least.Length);
        _least = [.. Enumerable.Repeat(least, blocks).SelectMany(bounds => bounds)];
        _greatest = [.. Enumerable.Repeat(greatest, blocks).SelectMany(bounds => bounds)];
    }

    /// <summary>A count for a quantizer.</summary>
    /// <param name="channels">The channels.</param>
    /// <param name="run">The values of a channel that stand side by side: 1 with channels last, all of them with channels first.</param>
    /// <param name="rounded">
    /// The integer, as a double, that the quantizer makes of a value of a channel before it clamps; of greater values none that is less.
    /// </param>
    /// <param name="kept">The integers that count as kept.</param>
    public static ClampCounting Of(int channels, int run, Func<float, int, double> rounded, ValueRange kept)
    {
        ArgumentNullException.ThrowIfNull(rounded);
        float[] least = new float[channels];
        float[] greatest = new float[channels];
        for (int c = 0; c < channels; c++)
        {
            int channel = c;
            least[c] = Least(value => rounded(value, channel) >= kept.Min);
            greatest[c] = MathF.BitDecrement(Least(value => rounded(value, channel) > kept.Max));
        }

        return Array.TrueForAll(least, bound => bound == least[0]) && Array.TrueForAll(greatest, bound => bound == greatest[0])
            ? new ClampCounting([least[0]], [greatest[0]])
            : new ClampCounting(Repeated(least), Repeated(greatest));

        float[] Repeated(float[] bounds) => [.. bounds.SelectMany(bound => Enumerable.Repeat(bound, run))];
    }

    /// <summary>The values that are clamped.</summary>
    /// <param name="values">Values of whole samples.</param>
    public long Count(ReadOnlySpan<float> values)
    {
        long clamped = 0;
        for (int start = 0; start < values.Length; start += _least.Length)
        {
            clamped += InBlock(values[start..Math.Min(start + _least.Length, values.Length)]);
        }

        return clamped;
    }

    private int InBlock(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<float> least = _least;
        ReadOnlySpan<float> greatest = _greatest;
        Vector<int> found = Vector<int>.Zero;
        int done = 0;
        for (; done + Vector<float>.Count <= values.Length; done += Vector<float>.Count)
        {
            Vector<float> some = new(values[done..]);
            found += Vector.LessThan(some, new Vector<float>(least[done..]))
                | Vector.GreaterThan(some, new Vector<float>(greatest[done..]));
        }

        // A comparison that holds is -1.
        int clamped = -Vector.Sum(found);
        for (; done < values.Length; done++)
        {
            clamped += values[done] < least[done] || values[done] > greatest[done] ? 1 : 0;
        }

        return clamped;
    }

    /// <summary>The least float for which something holds that holds for all greater ones too; infinity where there is none.</summary>
    private static float Least(Func<float, bool> holds)
    {
        (long below, long from) = (Position(float.NegativeInfinity) - 1, Position(float.PositiveInfinity));
        while (from - below > 1)
        {
            long middle = below + ((from - below) / 2);
            (below, from) = holds(Value(middle)) ? (below, middle) : (middle, from);
        }

        return Value(from);
    }

    /// <summary>Where a float stands among all in ascending order.</summary>
    private static long Position(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        return bits >= 0 ? bits : int.MinValue - (long)bits;
    }

    private static float Value(long position) =>
        BitConverter.Int32BitsToSingle(position >= 0 ? (int)position : (int)(int.MinValue - position));
}

using AkidaQuant.Numerics;

namespace AkidaQuant.Analysis;

/// <summary>The symmetric mean absolute percentage error, as a fraction from 0 to 1 (tools.md 2.1).</summary>
public sealed class Smape
{
    private double _error;
    private long _count;

    /// <summary>The mean over all values seen; 0 before any.</summary>
    public double Result => _count == 0 ? 0 : _error / _count;

    /// <summary>Adds values; where both are zero the error is zero.</summary>
    /// <param name="expected">The true values.</param>
    /// <param name="actual">The values to judge, as many.</param>
    /// <exception cref="ArgumentException">The numbers of values differ.</exception>
    public void Update(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.Length != actual.Length)
        {
            throw new ArgumentException($"{expected.Length} values cannot be compared with {actual.Length}.", nameof(actual));
        }

        float[] errors = new float[expected.Length];
        int kept = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] != 0 || actual[i] != 0)
            {
                errors[kept++] = MathF.Abs(expected[i] - actual[i]) / (MathF.Abs(expected[i]) + MathF.Abs(actual[i]));
            }
        }

        _error += PairwiseSum.Of(errors.AsSpan(0, kept));
        _count += expected.Length;
    }
}

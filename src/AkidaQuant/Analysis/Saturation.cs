namespace AkidaQuant.Analysis;

/// <summary>The share of integers that lie on a bound of their range, in percent (tools.md 2.1).</summary>
/// <param name="range">The bounds.</param>
public sealed class Saturation(ValueRange range)
{
    private long _saturated;
    private long _count;

    /// <summary>The bounds.</summary>
    public ValueRange Range => range;

    /// <summary>The share in percent; 0 before any.</summary>
    public double Result => 100 * (_saturated / (double)Math.Max(_count, 1));

    /// <summary>Whether all integers seen lay within the bounds; the share is not accurate otherwise.</summary>
    public bool IsAccurate { get; private set; } = true;

    /// <summary>Adds integers.</summary>
    public void Update(ReadOnlySpan<long> values)
    {
        foreach (long value in values)
        {
            _saturated += value == range.Min || value == range.Max ? 1 : 0;
            IsAccurate &= value >= range.Min && value <= range.Max;
        }

        _count += values.Length;
    }
}

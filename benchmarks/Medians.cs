namespace AkidaQuant.Benchmarks;

/// <summary>The middle of measured values.</summary>
internal static class Medians
{
    /// <summary>The value in the middle, the mean of both where there are two.</summary>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

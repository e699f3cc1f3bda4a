using System.Globalization;

namespace AkidaQuant.Analysis;

/// <summary>A bar of a histogram.</summary>
/// <param name="From">Its lower edge, which belongs to it.</param>
/// <param name="To">Its upper edge, which belongs to the next bar, or to the last one itself.</param>
/// <param name="Count">The values within.</param>
public sealed record HistogramBar(double From, double To, int Count)
{
    /// <summary>The edges and the number of values: <c>-0.5..-0.25: 12</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From:G5}..{To:G5}: {Count}");
}

/// <summary>The values of one output channel of a kernel (tools.md 2.6).</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Layer">The name of the layer.</param>
/// <param name="Kind">The class of the layer.</param>
/// <param name="Channel">The index of the channel.</param>
/// <param name="Values">The values: float weights, or the integers of a quantized layer.</param>
public sealed record KernelDistribution(string Model, string Layer, string Kind, int Channel, ValueList<float> Values)
{
    /// <summary>The number of bars unless told otherwise.</summary>
    public const int DefaultBarCount = 30;

    private float[]? _sorted;

    /// <summary>The number of bars of <see cref="Histogram"/>.</summary>
    public int BarCount { get; init; } = DefaultBarCount;

    /// <summary>The number of values.</summary>
    public int Count => Values.Count;

    /// <summary>The least value.</summary>
    public float Minimum => Sorted[0];

    /// <summary>The value below which a quarter lies, between values where it falls between two.</summary>
    public double LowerQuartile => Quantile(0.25);

    /// <summary>The value below which half lies.</summary>
    public double Median => Quantile(0.5);

    /// <summary>The value below which three quarters lie.</summary>
    public double UpperQuartile => Quantile(0.75);

    /// <summary>The greatest value.</summary>
    public float Maximum => Sorted[^1];

    /// <summary>The mean.</summary>
    public double Mean => Values.Average(value => (double)value);

    /// <summary>The standard deviation of the values as a whole population.</summary>
    public double StandardDeviation
    {
        get
        {
            double mean = Mean;
            return Math.Sqrt(Values.Average(value => (value - mean) * (value - mean)));
        }
    }

    /// <summary>Bars of equal width from the least value to the greatest; one bar when they are equal.</summary>
    public ValueList<HistogramBar> Histogram
    {
        get
        {
            double least = Minimum;
            double width = ((double)Maximum - least) / BarCount;
            if (width == 0)
            {
                return new[] { new HistogramBar(least, Maximum, Count) };
            }

            int[] counts = new int[BarCount];
            foreach (float value in Values)
            {
                counts[Math.Min((int)((value - least) / width), BarCount - 1)]++;
            }

            return counts
                .Select((count, i) => new HistogramBar(least + (i * width), i == BarCount - 1 ? Maximum : least + ((i + 1) * width), count))
                .ToArray();
        }
    }

    /// <summary>The layer, its channel and the extremes: <c>conv:3 from -0.5 to 0.5</c>.</summary>
    public override string ToString() =>
        Printable.Of(string.Create(CultureInfo.InvariantCulture, $"{Layer}:{Channel} from {Minimum:G5} to {Maximum:G5}"));

    private float[] Sorted => _sorted ??= [.. Values.Order()];

    /// <summary>The value at a share of the sorted values, between its neighbours in proportion.</summary>
    /// <param name="share">From 0 for the least to 1 for the greatest.</param>
    public double Quantile(double share)
    {
        double place = Math.Clamp(share, 0, 1) * (Count - 1);
        int below = (int)place;
        double value = Sorted[below];
        return below + 1 < Count ? value + ((Sorted[below + 1] - value) * (place - below)) : value;
    }
}

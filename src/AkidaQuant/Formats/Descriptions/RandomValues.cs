namespace AkidaQuant.Formats.Descriptions;

/// <summary>Random float32 values that are the same on every machine for the same generator.</summary>
internal static class RandomValues
{
    private const double MostDeviations = 2;

    // The height of the ratio-of-uniforms area of the normal distribution: the root of 2 / e.
    private const double HalfHeight = 0.85776388496070679;

    /// <summary>Values from a minimum on to below a maximum, each equally likely.</summary>
    public static float[] Uniform(Shape shape, double minimum, double maximum, RandomSource random) =>
        Fill(shape, () => minimum + ((maximum - minimum) * random.NextDouble()));

    /// <summary>Values of a normal distribution.</summary>
    public static float[] Normal(Shape shape, double mean, double deviation, RandomSource random) =>
        Fill(shape, () => mean + (deviation * NextNormal(random)));

    /// <summary>Values of a normal distribution; those further than two deviations from the mean are drawn again.</summary>
    public static float[] TruncatedNormal(Shape shape, double mean, double deviation, RandomSource random) =>
        Fill(shape, () =>
        {
            double value;
            do
            {
                value = NextNormal(random);
            }
            while (Math.Abs(value) > MostDeviations);

            return mean + (deviation * value);
        });

    /// <summary>
    /// A value of the standard normal distribution, as the ratio of two uniform ones (Kinderman and Monahan). The logarithm, whose last
    /// bit machines differ in, only decides what is drawn again, and enters no value.
    /// </summary>
    public static double NextNormal(RandomSource random)
    {
        while (true)
        {
            double width = 1 - random.NextDouble();
            double value = HalfHeight * ((2 * random.NextDouble()) - 1) / width;
            if (value * value <= -4 * Math.Log(width))
            {
                return value;
            }
        }
    }

    private static float[] Fill(Shape shape, Func<double> next)
    {
        float[] values = new float[shape.Size];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)next();
        }

        return values;
    }
}

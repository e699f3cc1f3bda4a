using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Optimization;

/// <summary>Chooses among ranges of an output quantizer the one with the least squared error.</summary>
internal static class RangeChoice
{
    private const int PowersOfTwo = 5;

    /// <summary>Powers of two as ranges, where the factor is given.</summary>
    public static float[] Powers(ChannelSamples samples, OutputQuantizer quantizer, float[] importance, float[] factors)
    {
        float[] exponents = Choose(samples, quantizer, importance, (greatest, channel) =>
        {
            int exponent = MathF.ILogB(greatest * factors[channel]) + 1;
            return Enumerable.Range(-1, PowersOfTwo)
                .Select(k => ((float)Math.ScaleB(1 - Math.ScaleB(1.0, -quantizer.Bitwidth), exponent - k), factors[channel]));
        }, (range, _) => range);
        return exponents;
    }

    /// <summary>The best factor of each channel, or the same of all.</summary>
    /// <param name="samples">The values.</param>
    /// <param name="quantizer">The quantizer.</param>
    /// <param name="importance">What an error of a channel counts.</param>
    /// <param name="candidates">Ranges with their factors, given the greatest float value.</param>
    public static float[] Factors(
        ChannelSamples samples,
        OutputQuantizer quantizer,
        float[] importance,
        Func<float, IEnumerable<(float Range, float Factor)>> candidates) =>
        Choose(samples, quantizer, importance, (greatest, _) => candidates(greatest), (_, factor) => factor);

    /// <summary>For each channel, or for all together, what the best candidate is.</summary>
    private static float[] Choose(
        ChannelSamples samples,
        OutputQuantizer quantizer,
        float[] importance,
        Func<float, int, IEnumerable<(float Range, float Factor)>> candidates,
        Func<float, float, float> select)
    {
        float[] greatest = samples.Greatest();
        float largest = greatest.Max() is > 0 and var most ? most : 1f;
        if (quantizer.PerAxis)
        {
            float[] chosen = new float[samples.Channels];
            Parallel.For(0, chosen.Length, samples.Parallelism, channel =>
            {
                // A channel that never fired gets the largest range of its layer.
                (float range, float factor) = candidates(greatest[channel] > 0 ? greatest[channel] : largest, channel)
                    .MinBy(candidate => samples.Error(channel, quantizer, candidate.Range, candidate.Factor));
                chosen[channel] = select(range, factor);
            });
            return chosen;
        }

        (float Range, float Factor)[] shared = [.. candidates(largest, 0)];
        double[] errors = new double[shared.Length];
        Parallel.For(0, shared.Length, samples.Parallelism, k =>
        {
            for (int channel = 0; channel < samples.Channels; channel++)
            {
                errors[k] += importance[channel] * samples.Error(channel, quantizer, shared[k].Range, shared[k].Factor);
            }
        });
        (float range, float factor) = shared[Array.IndexOf(errors, errors.Min())];
        return [.. Enumerable.Repeat(select(range, factor), samples.Channels)];
    }
}

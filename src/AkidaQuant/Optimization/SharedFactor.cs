using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Optimization;

/// <summary>
/// The factor of tensors that meet in additions. Their ranges are powers of two, so that the factor decides how much of them is used:
/// the one is taken with which all together lose the least.
/// </summary>
internal static class SharedFactor
{
    private const int Steps = 8;

    /// <summary>The factor, from one power of two to the next.</summary>
    /// <param name="start">The power of two that brings small ranges up to a half.</param>
    /// <param name="members">The tensors, each with its quantizer and what an error of its channels counts.</param>
    public static float Choose(float start, IReadOnlyList<(ChannelSamples Samples, OutputQuantizer Quantizer, float[] Importance)> members)
    {
        (float Factor, double Loss) best = (start, double.PositiveInfinity);
        for (int step = 0; step < Steps; step++)
        {
            float factor = start * MathF.Pow(2f, step / (float)Steps);
            double loss = members.Sum(member => Loss(member.Samples, member.Quantizer, member.Importance, factor));
            if (loss < best.Loss)
            {
                best = (factor, loss);
            }
        }

        return best.Factor;
    }

    private static double Loss(ChannelSamples samples, OutputQuantizer quantizer, float[] importance, float factor)
    {
        float[] factors = [.. Enumerable.Repeat(factor, samples.Channels)];
        float[] ranges = RangeChoice.Powers(samples, quantizer, importance, factors);
        double error = 0;
        double energy = 0;
        for (int channel = 0; channel < samples.Channels; channel++)
        {
            error += importance[channel] * samples.Error(channel, quantizer, ranges[channel], factor);
            energy += importance[channel] * samples.Energy(channel);
        }

        return energy > 0 ? error / energy : 0;
    }
}

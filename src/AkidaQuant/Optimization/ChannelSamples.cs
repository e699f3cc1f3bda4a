using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics;

namespace AkidaQuant.Optimization;

/// <summary>Values before a quantizer, with those of the float network.</summary>
/// <param name="values">(row, channel), times the factors.</param>
/// <param name="targets">(row, channel).</param>
/// <param name="factors">The factor of each channel.</param>
/// <param name="parallelism">How work is divided.</param>
internal sealed class ChannelSamples(float[] values, float[] targets, float[] factors, ParallelOptions parallelism)
{
    /// <summary>The most values of a channel that are looked at.</summary>
    private const int MostValues = 8192;

    /// <summary>The most values that say how far others may go.</summary>
    private const int MostTail = 8;

    /// <summary>Values of samples and positions, evenly.</summary>
    /// <param name="values">What the quantizer gets.</param>
    /// <param name="targets">What the float network gives there.</param>
    /// <param name="factors">By how much the values are larger.</param>
    /// <param name="runner">How work is divided.</param>
    public static ChannelSamples Of(TensorBatches values, TensorBatches targets, ScalarOrVector<float> factors, LayerRunner runner)
    {
        Shape shape = values.Spec.Shape;
        KernelRows rows = new(new DenseForm(shape, shape.Channels, 1), values, targets, runner.Parts, MostValues);
        (float[] own, float[] expected) = rows.Read(0, rows.Count, runner);
        return new ChannelSamples(own, expected, factors.Expand(shape.Channels), runner.Parallelism);
    }

    /// <summary>How work is divided.</summary>
    public ParallelOptions Parallelism => parallelism;

    /// <summary>The values of a channel.</summary>
    public int Count => targets.Length / Channels;

    /// <summary>The number of channels.</summary>
    public int Channels => factors.Length;

    /// <summary>
    /// The magnitude of each channel that other samples may well have: the greatest one, and as much more as the greatest lie above the
    /// least of them on average. Few samples do not show the greatest values, so that ranges fitted to them alone would cut others off.
    /// </summary>
    private float[] Beyond => field ??= [.. Enumerable.Range(0, Channels).Select(channel =>
    {
        int count = Count;
        int tail = Math.Clamp(count / 4, 1, MostTail);
        float[] magnitudes = new float[count];
        for (int i = 0; i < count; i++)
        {
            magnitudes[i] = MathF.Abs(targets[(i * Channels) + channel]);
        }

        Array.Sort(magnitudes);
        ReadOnlySpan<float> greatest = magnitudes.AsSpan(count - tail);
        double excess = 0;
        foreach (float magnitude in greatest)
        {
            excess += magnitude - greatest[0];
        }

        return (float)(greatest[^1] + (excess / tail));
    })];

    /// <summary>The greatest magnitude of each channel in the float network.</summary>
    public float[] Greatest()
    {
        float[] greatest = new float[Channels];
        for (int i = 0; i < targets.Length; i++)
        {
            greatest[i % Channels] = Math.Max(greatest[i % Channels], MathF.Abs(targets[i]));
        }

        return greatest;
    }

    /// <summary>The squared error of a channel behind the quantizer, and that of one value more, somewhat greater than all.</summary>
    public double Error(int channel, OutputQuantizer quantizer, float range, float factor)
    {
        int bits = Rounding.MaxFracBits(quantizer.ValueBits, range);
        float scale = MathF.ScaleB(factor, bits) / factors[channel];
        float step = MathF.ScaleB(1f, -bits) / factor;
        float least = -MathF.ScaleB(1f, quantizer.ValueBits);
        float most = -least - 1;
        float beyond = Beyond[channel];
        double missed = (Math.Clamp(MathF.Floor((beyond * factors[channel] * scale) + 0.5f), least, most) * step) - beyond;
        double error = missed * missed;
        for (int i = channel; i < values.Length; i += Channels)
        {
            float integer = Math.Clamp(MathF.Floor((values[i] * scale) + 0.5f), least, most);
            float difference = (integer * step) - targets[i];
            error += difference * difference;
        }

        return error;
    }

    /// <summary>The sum of the squares of a channel in the float network.</summary>
    public double Energy(int channel)
    {
        double energy = 0;
        for (int i = channel; i < targets.Length; i += Channels)
        {
            energy += (double)targets[i] * targets[i];
        }

        return energy;
    }
}

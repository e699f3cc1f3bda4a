using AkidaQuant.Checks;

namespace AkidaQuant.Tests.Checks;

public sealed class ErrorSumsTests
{
    [Theory]
    [InlineData(1, 7, IntegerStorage.Int16)]
    [InlineData(3, 5000, IntegerStorage.Int16)]
    [InlineData(8, 333, IntegerStorage.Int32)]
    [InlineData(33, 700, IntegerStorage.Int64)]
    [InlineData(300, 3, IntegerStorage.Int16)]
    public void Sums_are_those_of_single_values(int channels, int positions, IntegerStorage storage)
    {
        const int Batch = 2;
        Random random = new(channels);
        int size = channels * positions;
        FloatData expected = new(size, Batch);
        IntegerData actual = new(size, Batch, storage);
        RealValues real = new(
            [.. Enumerable.Range(0, channels).Select(i => 0.01f * (i + 1))],
            [.. Enumerable.Range(0, channels).Select(i => 0.1f * i)],
            new ValueRange(-100, 100));
        double[] signal = new double[channels];
        double[] noise = new double[channels];
        double[] clipped = new double[channels];
        float[] peaks = new float[channels];
        long saturated = 0;
        for (int i = 0; i < size * Batch; i++)
        {
            int channel = i % channels;
            int integer = Math.Clamp(random.Next(-110, 111), -100, 100) * (channel == channels - 1 && channels > 1 ? 0 : 1);
            Set(actual, i, integer, storage);
            float value = (integer * real.Steps[channel]) - real.Offsets![channel] + (random.NextSingle() - 0.5f);
            expected.Values(Batch)[i] = value;
            double difference = value - ((integer * (double)real.Steps[channel]) - real.Offsets[channel]);
            signal[channel] += (double)value * value;
            noise[channel] += difference * difference;
            peaks[channel] = Math.Max(peaks[channel], Math.Abs(value));
            if (Math.Abs(integer) == 100)
            {
                saturated++;
                clipped[channel] += difference * difference;
            }
        }

        ErrorSums sums = Add(expected, actual, real, channels, Batch, 1);
        double square = sums.Scale * sums.Scale;
        for (int i = 0; i < channels; i++)
        {
            Assert.Equal(signal[i], sums.Signal[i] / square, signal[i] * 1e-4);
            Assert.Equal(noise[i], sums.Noise[i] / square, noise[i] * 1e-3);
            Assert.Equal(clipped[i], sums.Clipped[i] / square, (noise[i] * 1e-3) + 1e-9);
            Assert.Equal(peaks[i], sums.FloatPeaks[i], 1e-5f);
        }

        Assert.Equal(saturated, sums.Saturated);
        Assert.Equal(size * Batch, sums.Count);
        Assert.Equal(channels > 1 ? 0 : 100, sums.QuantizedPeaks[^1]);
        Assert.Equal(10 * Math.Log10(signal.Sum() / noise.Sum()), sums.SignalToNoise, 0.01);
        foreach (int threads in new[] { 2, 7 })
        {
            ErrorSums shared = Add(expected, actual, real, channels, Batch, threads);
            Assert.Equal(sums.Noise, shared.Noise);
            Assert.Equal(sums.Signal, shared.Signal);
            Assert.Equal(sums.Saturated, shared.Saturated);
        }
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1f)]
    [InlineData(1e30f)]
    public void Great_and_small_values_have_the_same_signal_to_noise(float scale)
    {
        FloatData expected = new(4, 1);
        FloatData actual = new(4, 1);
        ((ReadOnlySpan<float>)[scale, -2 * scale, 3 * scale, 0]).CopyTo(expected.Values(1));
        ((ReadOnlySpan<float>)[scale, -2.5f * scale, 3 * scale, 0]).CopyTo(actual.Values(1));
        ErrorSums sums = new(2);
        sums.Add(expected, actual, new RealValues([1, 1], null, null), 1, 1);
        Assert.Equal(10 * Math.Log10(14 / 0.25), sums.SignalToNoise, 0.01);
    }

    [Fact]
    public void Nothing_lost_and_nothing_left_have_bounds()
    {
        FloatData values = new(2, 1);
        ErrorSums nothing = new(1);
        nothing.Add(values, values, new RealValues([1], null, null), 1, 1);
        Assert.Equal(Decibels.Most, nothing.SignalToNoise);
        FloatData noise = new(2, 1);
        noise.Values(1)[0] = 1;
        nothing.Add(values, noise, new RealValues([1], null, null), 1, 1);
        Assert.Equal(-Decibels.Most, nothing.SignalToNoise);
    }

    private static ErrorSums Add(FloatData expected, IntegerData actual, RealValues real, int channels, int batch, int threads)
    {
        ErrorSums sums = new(channels);
        sums.Add(expected, actual, real, batch, threads);
        return sums;
    }

    private static void Set(IntegerData data, int index, int value, IntegerStorage storage)
    {
        switch (storage)
        {
            case IntegerStorage.Int16:
                data.Values<short>(data.Capacity)[index] = (short)value;
                break;
            case IntegerStorage.Int32:
                data.Values<int>(data.Capacity)[index] = value;
                break;
            default:
                data.Values<long>(data.Capacity)[index] = value;
                break;
        }
    }
}

using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Tests.Kernels;

/// <summary>Cases of kernels whose work is divided into parts and whose results are finished block by block.</summary>
internal static class ShareCases
{
    private const long Unwritten = long.MinValue;

    private static readonly int[] Counts = [2, 3, 7];

    /// <summary>Checks that parts write every element of the whole once, and that finished sums are those of the whole.</summary>
    /// <param name="expected">The sums of the batch.</param>
    /// <param name="range">The range that the kernel says.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="run">Computes a part.</param>
    public static void Check(
        long[] expected, ValueRange range, int channels, int batch, Action<IntegerData, WorkShare, IntegerFinish?> run)
    {
        Halving step = new();
        long[] finished = [.. expected.Select((value, i) => step.Apply(value, i % channels))];
        IntegerFinish finish = new(channels, range, new ValueRange(finished.Min(), finished.Max()), [step]);
        foreach (int count in Counts)
        {
            CheckParts(expected, count, batch, (output, share) => run(output, share, null));
            CheckParts(finished, count, batch, (output, share) => run(output, share, finish));
        }

        IntegerData narrow = new(expected.Length / batch, batch, IntegerStorage.Int16);
        IntegerFinish one = new(channels, range, new ValueRange(0, 1), [new Sign()]);
        run(narrow, default, one);
        Assert.Equal(expected.Select(value => value < 0 ? 0L : 1L), Cases.Values(narrow));
    }

    /// <summary>Checks that parts write every element of the whole once, and that finished values are those of the whole.</summary>
    /// <param name="expected">The values of the batch.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="run">Computes a part.</param>
    public static void Check(float[] expected, int channels, Action<float[], WorkShare, FloatFinish?> run)
    {
        float[] finished = [.. expected.Select((value, i) => (2 * value) + (i % channels))];
        foreach (int count in Counts)
        {
            CheckParts(expected, count, (output, share) => run(output, share, null));
            CheckParts(finished, count, (output, share) => run(output, share, Finish));
        }

        void Finish(Span<float> values, int channel)
        {
            Assert.True(channel == 0 ? values.Length % channels == 0 : values.Length <= channels - channel);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (2 * values[i]) + ((channel + i) % channels);
            }
        }
    }

    private static void CheckParts(long[] expected, int count, int batch, Action<IntegerData, WorkShare> run)
    {
        long[] all = new long[expected.Length];
        Array.Fill(all, Unwritten);
        for (int part = count - 1; part >= 0; part--)
        {
            IntegerData output = new(expected.Length / batch, batch, IntegerStorage.Int64);
            output.Values<long>(batch).Fill(Unwritten);
            run(output, new WorkShare(part, count));
            long[] values = Cases.Values(output);
            for (int i = 0; i < values.Length; i++)
            {
                Assert.True(values[i] == Unwritten || all[i] == Unwritten, $"{i} is written by two of {count} parts.");
                all[i] = values[i] == Unwritten ? all[i] : values[i];
            }
        }

        Assert.Equal(expected, all);
    }

    private static void CheckParts(float[] expected, int count, Action<float[], WorkShare> run)
    {
        float[] all = new float[expected.Length];
        Array.Fill(all, float.NaN);
        for (int part = count - 1; part >= 0; part--)
        {
            float[] values = FloatCases.Output(expected.Length, output => run(output, new WorkShare(part, count)));
            for (int i = 0; i < values.Length; i++)
            {
                Assert.True(float.IsNaN(values[i]) || float.IsNaN(all[i]), $"{i} is written by two of {count} parts.");
                all[i] = float.IsNaN(values[i]) ? all[i] : values[i];
            }
        }

        Assert.Equal(expected, all);
    }

    private sealed class Halving : ChannelStep
    {
        internal override long Apply(long value, int channel) => (value >> 1) + channel;
    }

    private sealed class Sign : ChannelStep
    {
        internal override long Apply(long value, int channel) => value < 0 ? 0 : 1;
    }
}

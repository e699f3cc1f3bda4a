using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels;

/// <summary>Cases of kernels of float32 values.</summary>
internal static class FloatCases
{
    /// <summary>Values whose products are far from subnormal numbers, which a relative bound does not cover.</summary>
    public static Gen<float> Value { get; } = Gen.Int[-2_000_000, 2_000_000].Select(millionths => millionths / 1_000_000f);

    /// <summary>What a kernel writes to a buffer that held no numbers.</summary>
    public static float[] Output(int size, Action<float[]> run)
    {
        var output = new float[size];
        Array.Fill(output, float.NaN);
        run(output);
        return output;
    }

    /// <summary>The values of one sample.</summary>
    public static float[] Sample(float[] values, int sample, int size) => values[(sample * size)..((sample + 1) * size)];

    /// <summary>Checks a form against exact sums, and that it gives the bits of the plain one.</summary>
    /// <param name="sampleSize">The values of a sample.</param>
    /// <param name="set">The form.</param>
    /// <param name="run">What a form gives for all samples.</param>
    /// <param name="naive">The sums of a sample, and what their magnitudes add up to.</param>
    public static void Check(
        int sampleSize, InstructionSet set, Func<InstructionSet, float[]> run, Func<int, (double[] Sums, double[] Magnitudes)> naive)
    {
        float[] actual = run(set);
        for (int i = 0; i < actual.Length; i += sampleSize)
        {
            (double[] sums, double[] magnitudes) = naive(i / sampleSize);
            for (int j = 0; j < sampleSize; j++)
            {
                Assert.InRange(actual[i + j], sums[j] - (1e-5 * magnitudes[j]), sums[j] + (1e-5 * magnitudes[j]));
            }
        }

        Assert.Equal(run(InstructionSet.Plain), actual);
    }

    /// <summary>Runs a share of a kernel, with what is applied to finished values or without.</summary>
    public delegate void ShareRun(float[] output, WorkShare share, FloatFinish? finish);

    /// <summary>Checks the parts of a kernel's work against all of it, with something that depends on the channel and without.</summary>
    /// <param name="size">The values of all samples.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="count">The number of parts.</param>
    /// <param name="run">Fills the output of a share.</param>
    public static void CheckShares(int size, int channels, int count, ShareRun run)
    {
        float[] whole = Output(size, output => run(output, default, null));
        DividedCases.Check(whole, count, (share, fill) => Part(share, fill, null));
        float[] finished = [.. whole.Select((value, i) => (value * 2) + (i % channels))];
        DividedCases.Check(finished, count, (share, fill) => Part(share, fill, Finish));

        void Finish(Span<float> values, int channel)
        {
            Assert.True(channel + values.Length <= channels || (channel == 0 && values.Length % channels == 0));
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (values[i] * 2) + ((channel + i) % channels);
            }
        }

        float[] Part(WorkShare share, float fill, FloatFinish? finish)
        {
            float[] output = new float[size];
            Array.Fill(output, fill);
            run(output, share, finish);
            return output;
        }
    }

    /// <summary>Checks parts of each of the <see cref="DividedCases.Counts"/>, and that all of them together are as expected.</summary>
    /// <param name="expected">The values of all samples.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="run">Fills the output of a share.</param>
    public static void CheckShares(float[] expected, int channels, ShareRun run)
    {
        Assert.Equal(expected, Output(expected.Length, output => run(output, default, null)));
        foreach (int count in DividedCases.Counts)
        {
            CheckShares(expected.Length, channels, count, run);
        }
    }
}

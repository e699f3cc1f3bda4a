using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels;

/// <summary>Kernels whose work is divided.</summary>
internal static class DividedCases
{
    /// <summary>Numbers of parts.</summary>
    public static Gen<int> Count { get; } = Gen.OneOf(1, 2, 3, 7);

    /// <summary>Numbers of parts, more than one.</summary>
    public static IReadOnlyList<int> Counts { get; } = [2, 3, 7];

    /// <summary>Checks that the parts of a kernel's work write every element once, and what is expected there.</summary>
    /// <param name="expected">The whole.</param>
    /// <param name="count">The number of parts.</param>
    /// <param name="run">What a part makes of an output that is full of a value.</param>
    public static void Check<T>(T[] expected, int count, Func<WorkShare, T, T[]> run)
        where T : System.Numerics.INumber<T>
    {
        int[] writers = new int[expected.Length];
        foreach (WorkShare share in Enumerable.Range(0, count).Reverse().Select(index => new WorkShare(index, count)))
        {
            // What is the same on both grounds was written.
            T[] actual = run(share, T.Zero);
            T[] other = run(share, T.One);
            for (int i = 0; i < expected.Length; i++)
            {
                if (actual[i] == other[i])
                {
                    Assert.Equal(expected[i], actual[i]);
                    writers[i]++;
                }
            }
        }

        Assert.All(writers, number => Assert.Equal(1, number));
    }

    /// <summary>Checks the parts of a kernel of integers, with what becomes of the sums of each channel and without.</summary>
    /// <param name="sums">The sums of all samples.</param>
    /// <param name="range">The range of the sums that the kernel says.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="count">The number of parts.</param>
    /// <param name="run">Fills the output of a share.</param>
    public static void Check(
        long[] sums, ValueRange range, int channels, int batch, int count, Action<IntegerData, WorkShare, IntegerFinish?> run)
    {
        Check(sums, count, Output(IntegerStorage.Int64, null));
        IntegerFinish finish = new(channels, range, new ValueRange(-channels - 100, 100), [new Remainder()]);
        Check([.. sums.Select((sum, i) => (sum % 101) - (i % channels))], count, Output(IntegerStorage.Int16, finish));

        Func<WorkShare, long, long[]> Output(IntegerStorage storage, IntegerFinish? finishing) => (share, fill) =>
        {
            long[] ground = new long[sums.Length];
            Array.Fill(ground, fill);
            IntegerData output = Cases.Buffer(ground, sums.Length / batch, storage);
            run(output, share, finishing);
            return Cases.Values(output);
        };
    }

    /// <summary>Checks parts of each of the <see cref="Counts"/>.</summary>
    /// <param name="sums">The sums of all samples.</param>
    /// <param name="range">The range of the sums that the kernel says.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="run">Fills the output of a share.</param>
    public static void Check(
        long[] sums, ValueRange range, int channels, int batch, Action<IntegerData, WorkShare, IntegerFinish?> run)
    {
        foreach (int count in Counts)
        {
            Check(sums, range, channels, batch, count, run);
        }
    }

    private sealed class Remainder : ChannelStep
    {
        internal override long Apply(long value, int channel) => (value % 101) - channel;
    }
}

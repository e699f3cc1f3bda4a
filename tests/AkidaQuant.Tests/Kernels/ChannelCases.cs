using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels;

/// <summary>Cases of operations that do something to every integer of a tensor, given its channel.</summary>
internal static class ChannelCases
{
    /// <summary>Computes a batch.</summary>
    public delegate void Kernel(IntegerData input, IntegerData output, int batch);

    /// <summary>Ranges of inputs up to 40 bits.</summary>
    public static Gen<ValueRange> Range { get; } = Gen.OneOf(Cases.Range, Gen.OneOf(27, 31, 32, 40).Select(ValueRange.OfBits));

    /// <summary>Sizes whose tensors end within a vector, and some that are long.</summary>
    public static Gen<(int Channels, int Batch, int Positions)> Sizes { get; } = Gen.Select(
        Gen.Int[1, 40], Gen.Int[1, 3], Gen.Frequency((5, Gen.Int[1, 9]), (1, Gen.Const(200))));

    /// <summary>Integers of the range for tensors of the sizes.</summary>
    public static Gen<long[]> Integers(ValueRange range, (int Channels, int Batch, int Positions) sizes) =>
        Cases.Integers(range, sizes.Channels * sizes.Batch * sizes.Positions);

    /// <summary>A step by itself, as a kernel.</summary>
    /// <param name="step">The step.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="range">The integers that come in.</param>
    /// <param name="outputRange">Integers among which the results are.</param>
    /// <param name="instructions">The set.</param>
    public static Kernel Only(ChannelStep step, int channels, ValueRange range, ValueRange outputRange, string instructions) =>
        (input, output, batch) =>
            new IntegerFinish(channels, range, outputRange, [step], InstructionSets.Choose(instructions)).Run(input, output, batch);

    /// <summary>
    /// Compares a kernel with what <paramref name="naive"/> makes of each value and its channel; in place too, where the storages allow.
    /// </summary>
    public static void Check(
        (int Channels, int Batch, int Positions) sizes,
        long[] values,
        IntegerStorage inputStorage,
        IntegerStorage outputStorage,
        Kernel kernel,
        Func<long, int, long> naive)
    {
        int sampleSize = sizes.Channels * sizes.Positions;
        IntegerData input = Cases.Buffer(values, sampleSize, inputStorage);
        long[] expected = [.. values.Select((value, i) => naive(value, i % sizes.Channels))];
        IntegerData output = new(sampleSize, sizes.Batch, outputStorage);
        kernel(input, output, sizes.Batch);
        Assert.Equal(expected, Cases.Values(output));
        Assert.Equal(values, Cases.Values(input));
        if (inputStorage == outputStorage)
        {
            kernel(input, input, sizes.Batch);
            Assert.Equal(expected, Cases.Values(input));
        }
    }
}

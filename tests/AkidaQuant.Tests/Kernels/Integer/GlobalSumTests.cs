using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class GlobalSumTests
{
    [Theory]
    [EachInstructionSet]
    public void Shifted_values_and_the_sum_saturate(string instructions) =>
        (from sizes in ChannelCases.Sizes
         from range in ChannelCases.Range
         from values in ChannelCases.Integers(range, sizes)
         from storage in Cases.Storage(range)
         from shift in Cases.Optional(Gen.Int[0, 30].Array[sizes.Channels])
         from bits in Gen.OneOf(15, 27, 32)
         from isRangeKnown in Gen.Bool
         from parts in DividedCases.Count
         let kernel = new GlobalSum(
             sizes.Positions, sizes.Channels, shift, bits, isRangeKnown ? range : null, InstructionSets.Choose(instructions))
         select (sizes, values, storage, bits, shift, parts, kernel)).Sample(
            (sizes, values, storage, bits, shift, parts, kernel) =>
            {
                long[] expected = Cases.PerSample(values, sizes.Channels * sizes.Positions, sample =>
                {
                    Int128[] sums = new Int128[sizes.Channels];
                    for (int i = 0; i < sample.Length; i++)
                    {
                        sums[i % sizes.Channels] += Naive.Shift(sample[i], shift?[i % sizes.Channels], bits);
                    }

                    return Array.ConvertAll(sums, sum => Naive.Saturate(sum, bits));
                });
                IntegerData input = Cases.Buffer(values, sizes.Channels * sizes.Positions, storage);
                DividedCases.Check(
                    expected,
                    ValueRange.OfBits(bits),
                    sizes.Channels,
                    sizes.Batch,
                    parts,
                    (output, share, finish) => kernel.Run(input, output, sizes.Batch, share, finish));
            },
            iter: 1000);

    /// <summary>As many positions as 32 bits just hold, and one more.</summary>
    [Theory]
    [EachInstructionSet]
    public void Sums_at_the_ends_of_32_bits_are_exact(string instructions)
    {
        foreach ((int positions, long value, IntegerStorage storage) in (ReadOnlySpan<(int, long, IntegerStorage)>)
            [(65536, 32767, IntegerStorage.Int16), (65537, -32768, IntegerStorage.Int16), (2, 1L << 30, IntegerStorage.Int32)])
        {
            long[] values = new long[positions * 17];
            Array.Fill(values, value);
            foreach (ValueRange? range in (ReadOnlySpan<ValueRange?>)[null, new ValueRange(Math.Min(value, 0), Math.Max(value, 0))])
            {
                IntegerData output = new(17, 1, IntegerStorage.Int64);
                new GlobalSum(positions, 17, null, 40, range, InstructionSets.Choose(instructions))
                    .Run(Cases.Buffer(values, values.Length, storage), output, 1);
                Assert.All(Cases.Values(output), sum => Assert.Equal(positions * value, sum));
            }
        }
    }

    [Fact]
    public void A_sum_that_the_buffer_cannot_hold_is_reported() => Assert.Throws<OverflowException>(() => new GlobalSum(2, 1, null, 27).Run(
        Cases.Buffer([30000, 30000], 2, IntegerStorage.Int16), new IntegerData(1, 1, IntegerStorage.Int16), 1));
}

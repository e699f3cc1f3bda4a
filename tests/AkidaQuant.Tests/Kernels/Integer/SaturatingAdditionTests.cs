using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class SaturatingAdditionTests
{
    [Theory]
    [EachInstructionSet]
    public void Shifted_values_and_sums_saturate(string instructions) =>
        (from sizes in ChannelCases.Sizes
         from range in ChannelCases.Range
         from left in ChannelCases.Integers(range, sizes)
         from right in Cases.Integers(range, left.Length)
         from storages in Gen.Select(Cases.Storage(range), Cases.Storage(range))
         from shifts in Gen.Int[0, 40].SelectMany(most => Gen.Select(
             Gen.Int[0, most].Array[sizes.Channels], Gen.Int[0, 8].Array[sizes.Channels]))
         from bits in Gen.OneOf(15, 27, 30, 31, 40)
         from parts in DividedCases.Count
         select (sizes, left, right, storages, shifts, bits, parts)).Sample(
            (sizes, left, right, storages, shifts, bits, parts) =>
            {
                int sampleSize = sizes.Channels * sizes.Positions;
                long[] expected = [.. left.Select((value, i) => Naive.Saturate(
                    (Int128)Naive.Shift(value, shifts.Item1[i % sizes.Channels], bits)
                    + Naive.Shift(right[i], shifts.Item2[i % sizes.Channels], bits),
                    bits))];
                SaturatingAddition addition = new(
                    sizes.Channels, shifts.Item1, shifts.Item2, bits, InstructionSets.Choose(instructions));
                IntegerData one = Cases.Buffer(left, sampleSize, storages.Item1);
                IntegerData other = Cases.Buffer(right, sampleSize, storages.Item2);
                DividedCases.Check(
                    expected,
                    ValueRange.OfBits(bits),
                    sizes.Channels,
                    sizes.Batch,
                    parts,
                    (output, share, finish) => addition.Run(one, other, output, sizes.Batch, share, finish));
            },
            iter: 1000);

    /// <summary>Shifts that just leave the ends of a storage within 32 bits, those that just do not, and the greatest.</summary>
    [Theory]
    [EachInstructionSet]
    public void Shifts_at_the_ends_of_32_bits_saturate(string instructions)
    {
        long[] some = [short.MaxValue, short.MinValue, 1, -1, 0, 16384, -16385];
        long[] left = [.. Enumerable.Repeat(some, 5).SelectMany(values => values)];
        foreach (int shift in (int[])[14, 15, 16, 17, 18, 30, 31, 63])
        {
            foreach ((int bits, IntegerStorage storage) in
                from bits in (int[])[27, 29, 30, 31, 40] from storage in Enum.GetValues<IntegerStorage>() select (bits, storage))
            {
                IntegerData output = new(left.Length, 1, IntegerStorage.Int64);
                IntegerData input = Cases.Buffer(left, left.Length, storage);
                new SaturatingAddition(1, [shift], [shift], bits, InstructionSets.Choose(instructions)).Run(input, input, output, 1);
                Assert.Equal(left.Select(value => Naive.Saturate(2 * (Int128)Naive.Shift(value, shift, bits), bits)), Cases.Values(output));
            }
        }
    }

    [Theory]
    [EachInstructionSet]
    public void The_output_may_be_an_input(string instructions)
    {
        IntegerData left = Cases.Buffer([.. Enumerable.Range(0, 40).Select(i => (long)i)], 40, IntegerStorage.Int16);
        IntegerData right = Cases.Buffer([.. Enumerable.Range(0, 40).Select(i => 3L * i)], 40, IntegerStorage.Int16);
        new SaturatingAddition(1, [1], [2], 27, InstructionSets.Choose(instructions)).Run(left, right, right, 1);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => 14L * i), Cases.Values(right));
    }

    [Theory]
    [EachInstructionSet]
    public void Sums_that_the_buffer_cannot_hold_are_reported(string instructions)
    {
        InstructionSet set = InstructionSets.Choose(instructions);
        IntegerData large = Cases.Buffer([30000], 1, IntegerStorage.Int16);
        IntegerData small = Cases.Buffer([-30000], 1, IntegerStorage.Int16);
        SaturatingAddition addition = new(1, [0], [0], 27, set);
        Assert.Throws<OverflowException>(() => addition.Run(large, large, new IntegerData(1, 1, IntegerStorage.Int16), 1));
        Assert.Throws<OverflowException>(() => addition.Run(small, small, new IntegerData(1, 1, IntegerStorage.Int16), 1));
    }

    [Fact]
    public void More_value_bits_than_doubles_can_add_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>("valueBits", () => new SaturatingAddition(1, [0], [0], 51));
}

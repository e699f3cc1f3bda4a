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
         from shifts in Gen.Select(Gen.Int[0, 30].Array[sizes.Channels], Gen.Int[0, 8].Array[sizes.Channels])
         from bits in Gen.OneOf(15, 27, 31)
         from outputStorage in Cases.Storage(ValueRange.OfBits(bits))
         select (sizes, left, right, storages, shifts, bits, outputStorage)).Sample(
            (sizes, left, right, storages, shifts, bits, outputStorage) =>
            {
                int sampleSize = sizes.Channels * sizes.Positions;
                IEnumerable<long> expected = left.Select((value, i) => Naive.Saturate(
                    (Int128)Naive.Shift(value, shifts.Item1[i % sizes.Channels], bits)
                    + Naive.Shift(right[i], shifts.Item2[i % sizes.Channels], bits),
                    bits));
                SaturatingAddition addition = new(
                    sizes.Channels, shifts.Item1, shifts.Item2, bits, InstructionSets.Choose(instructions));
                IntegerData output = new(sampleSize, sizes.Batch, outputStorage);
                addition.Run(
                    Cases.Buffer(left, sampleSize, storages.Item1), Cases.Buffer(right, sampleSize, storages.Item2), output, sizes.Batch);
                Assert.Equal(expected, Cases.Values(output));
            },
            iter: 1000);

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

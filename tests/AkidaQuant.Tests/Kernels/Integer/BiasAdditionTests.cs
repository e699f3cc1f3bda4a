using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class BiasAdditionTests
{
    [Theory]
    [EachInstructionSet]
    public void The_sum_saturates(string instructions) =>
        (from sizes in ChannelCases.Sizes
         from bits in Gen.OneOf(15, 27, 31, 32, 40)
         from values in ChannelCases.Integers(ValueRange.OfBits(bits), sizes)
         from bias in Gen.OneOf(Gen.Long[-70000, 70000], Gen.Long[-1L << 40, 1L << 40]).Array[sizes.Channels]
         from storage in Cases.Storage(ValueRange.OfBits(bits))
         select (sizes, bits, values, bias, storage)).Sample(
            (sizes, bits, values, bias, storage) =>
            {
                IntegerData data = Cases.Buffer(values, sizes.Channels * sizes.Positions, storage);
                new BiasAddition(bias, bits, InstructionSets.Choose(instructions)).Run(data, data, sizes.Batch);
                Assert.Equal(values.Select((value, i) => Naive.Saturate(value + bias[i % sizes.Channels], bits)), Cases.Values(data));
            },
            iter: 1000);

    [Theory]
    [EachInstructionSet]
    public void Sums_that_the_buffer_cannot_hold_are_reported(string instructions)
    {
        InstructionSet set = InstructionSets.Choose(instructions);
        Assert.Throws<OverflowException>(() => Add(new BiasAddition([40000], 27, set), new IntegerData(16, 1, IntegerStorage.Int16)));
        Assert.Throws<OverflowException>(() => Add(new BiasAddition([-40000], 27, set), new IntegerData(16, 1, IntegerStorage.Int16)));
        Assert.Throws<OverflowException>(() => Add(new BiasAddition([40000], 27, set), new IntegerData(1, 1, IntegerStorage.Int16)));
    }

    private static void Add(BiasAddition addition, IntegerData data) => addition.Run(data, data, 1);
}

using AkidaQuant.Kernels.Integer;
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
                ValueRange range = ValueRange.OfBits(bits);
                ChannelCases.Check(
                    sizes,
                    values,
                    storage,
                    storage,
                    ChannelCases.Only(new BiasAddition(bias, bits), sizes.Channels, range, range, instructions),
                    (value, c) => Naive.Saturate(value + bias[c], bits));
            },
            iter: 1000);
}

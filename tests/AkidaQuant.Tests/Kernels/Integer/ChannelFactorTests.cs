using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class ChannelFactorTests
{
    [Theory]
    [EachInstructionSet]
    public void The_product_saturates(string instructions) =>
        (from sizes in ChannelCases.Sizes
         from inputBits in Gen.OneOf(7, 15, 27, 31)
         from bits in Gen.OneOf(7, 15, 27, 31, 40)
         from values in ChannelCases.Integers(ValueRange.OfBits(inputBits), sizes)
         from factors in Gen.OneOf(Gen.Int[-127, 127], Gen.OneOf(0, 1, int.MinValue, int.MaxValue)).Array[sizes.Channels]
         from storage in Cases.Storage(ValueRange.OfBits(Math.Max(inputBits, bits)))
         select (sizes, inputBits, bits, values, factors, storage)).Sample(
            (sizes, inputBits, bits, values, factors, storage) =>
            {
                (ValueRange range, ValueRange results) = (ValueRange.OfBits(inputBits), ValueRange.OfBits(bits));
                ChannelCases.Check(
                    sizes,
                    values,
                    storage,
                    storage,
                    ChannelCases.Only(new ChannelFactor(factors, bits), sizes.Channels, range, results, instructions),
                    (value, c) => Naive.Saturate(value * factors[c], bits));
            },
            iter: 1000);
}

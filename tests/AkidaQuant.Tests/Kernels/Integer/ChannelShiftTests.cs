using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class ChannelShiftTests
{
    [Theory]
    [EachInstructionSet]
    public void Shifted_integers_saturate(string instructions) =>
        (from sizes in ChannelCases.Sizes
         from range in Cases.Range
         from values in ChannelCases.Integers(range, sizes)
         from storage in Cases.Storage(range)
         from shifts in Gen.OneOf(Gen.Int[0, 8], Gen.Int[0, 70]).Array[sizes.Channels]
         from bits in Gen.OneOf(7, 15, 27, 31, 32)
         from outputStorage in Cases.Storage(ValueRange.OfBits(bits))
         select (sizes, range, values, storage, shifts, bits, outputStorage)).Sample(
            (sizes, range, values, storage, shifts, bits, outputStorage) => ChannelCases.Check(
                sizes,
                values,
                storage,
                outputStorage,
                ChannelCases.Only(
                    new ChannelShift(sizes.Channels, shifts, bits), sizes.Channels, range, ValueRange.OfBits(bits), instructions),
                (value, c) => Naive.Shift(value, shifts[c], bits)),
            iter: 1000);
}

using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class RectificationTests
{
    [Theory]
    [EachInstructionSet]
    public void Integers_are_clamped_between_zero_and_the_maximum(string instructions) =>
        (from sizes in ChannelCases.Sizes
         from range in ChannelCases.Range
         from values in ChannelCases.Integers(range, sizes)
         from storage in Cases.Storage(range)
         from outputStorage in Cases.Storage(range)
         from maximum in Cases.Optional(Gen.OneOf(Gen.Long[0, 1000], Gen.Long[0, 1L << 40]).Array[sizes.Channels])
         select (sizes, values, storage, outputStorage, maximum)).Sample(
            (sizes, values, storage, outputStorage, maximum) => ChannelCases.Check(
                sizes,
                values,
                storage,
                outputStorage,
                new Rectification(sizes.Channels, maximum, InstructionSets.Choose(instructions)).Run,
                (value, c) => Math.Min(Math.Max(value, 0), maximum?[c] ?? long.MaxValue)),
            iter: 1000);
}

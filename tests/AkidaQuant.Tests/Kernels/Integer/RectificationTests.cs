using AkidaQuant.Kernels.Integer;
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
         select (sizes, range, values, storage, outputStorage, maximum)).Sample(
            (sizes, range, values, storage, outputStorage, maximum) => ChannelCases.Check(
                sizes,
                values,
                storage,
                outputStorage,
                ChannelCases.Only(
                    new Rectification(sizes.Channels, maximum), sizes.Channels, range, range with { Min = 0 }, instructions),
                (value, c) => Math.Min(Math.Max(value, 0), maximum?[c] ?? long.MaxValue)),
            iter: 1000);
}

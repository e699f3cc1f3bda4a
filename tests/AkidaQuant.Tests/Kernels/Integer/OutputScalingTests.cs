using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class OutputScalingTests
{
    [Theory]
    [EachInstructionSet]
    public void Integers_are_multiplied_saturated_rounded_half_up_and_clamped(string instructions) =>
        (from sizes in ChannelCases.Sizes
         from range in ChannelCases.Range
         from values in ChannelCases.Integers(range, sizes)
         from inputStorage in Cases.Storage(range)
         let largest = range.Magnitude <= 1L << 32 ? 1 << 30 : 1 << 22
         from scales in Cases.Optional(
             Gen.OneOf(Gen.Int[0, 255], Gen.Int[-70000, 70000], Gen.Int[-largest, largest]).Array[sizes.Channels])
         from shifts in Gen.OneOf(Gen.Int[-28, 2], Gen.Int[-70, 70]).Array[sizes.Channels]
         from scaledBits in Gen.OneOf(27, 32, 45, 61)
         from outputRange in Gen.OneOf(Cases.Range, Gen.OneOf(ValueRange.OfBits(31), ValueRange.OfBits(62)))
         from outputStorage in Cases.Storage(outputRange)
         select (sizes, values, (range, inputStorage), scales, shifts, scaledBits, outputRange, outputStorage)).Sample(
            (sizes, values, given, scales, shifts, scaledBits, range, outputStorage) =>
            {
                (ValueRange inputRange, IntegerStorage inputStorage) = given;
                OutputScaling scaling = new(sizes.Channels, scales, shifts, scaledBits, range);
                ChannelCases.Kernel kernel = ChannelCases.Only(scaling, sizes.Channels, inputRange, range, instructions);
                ChannelCases.Check(sizes, values, inputStorage, outputStorage, kernel, (value, c) =>
                {
                    Int128 product = scales is null ? value : Naive.Saturate((Int128)value * scales[c], scaledBits);
                    Int128 shifted = shifts[c] >= 0 ? product << Math.Min(shifts[c], 64)
                        : shifts[c] < -100 ? 0
                        : (product + (Int128.One << (-shifts[c] - 1))) >> -shifts[c];
                    return (long)Int128.Clamp(shifted, range.Min, range.Max);
                });
            },
            iter: 2000);

    [Theory]
    [EachInstructionSet]
    public void Products_that_a_double_does_not_hold_are_not_rounded(string instructions)
    {
        // 2^60 - 1, shifted by 61 just below a half; as a double it would be 2^60 and a half.
        long[] values = new long[16];
        Array.Fill(values, (1L << 30) - 1);
        OutputScaling scaling = new(1, [(1 << 30) + 1], [-61], 61, ValueRange.OfBits(7));
        ChannelCases.Kernel kernel = ChannelCases.Only(scaling, 1, ValueRange.OfBits(31), ValueRange.OfBits(7), instructions);
        ChannelCases.Check((1, 1, 16), values, IntegerStorage.Int32, IntegerStorage.Int16, kernel, (_, _) => 0);
    }

    [Theory]
    [EachInstructionSet]
    public void Halves_are_rounded_up_at_the_last_product_that_a_double_holds(string instructions)
    {
        // 2^52 - 2^21 and the numbers around a half, shifted to a whole number and a half.
        long[] values = [int.MaxValue, int.MinValue, 1, -1, 3, -3, 2, -2, 0];
        OutputScaling scaling = new(1, [1 << 21], [-22], 61, ValueRange.OfBits(31));
        ChannelCases.Kernel kernel = ChannelCases.Only(scaling, 1, ValueRange.OfBits(31), ValueRange.OfBits(31), instructions);
        ChannelCases.Check((1, 1, 9), values, IntegerStorage.Int32, IntegerStorage.Int32, kernel, (value, _) => (value + 1) >> 1);
    }
}

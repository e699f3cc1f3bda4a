using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class SampleQuantizationTests
{
    [Theory]
    [EachInstructionSet]
    public void Products_are_rounded_half_to_even_saturated_moved_and_saturated_again(string instructions) =>
        (from channels in Gen.Int[1, 9]
         from bits in Gen.OneOf(3, 7, 15, 31, 32)
         from exponents in Gen.Int[-2, 8].Array[channels]
         from zeroPoints in Cases.Optional(Gen.OneOf(Gen.Int[0, 200], Gen.Int).Array[channels])
         from isRectified in Gen.Bool
         from quarters in Gen.OneOf(Gen.Int[-4000, 4000], Gen.Int).Array[2 * 3 * channels]
         from storage in Cases.Storage(ValueRange.OfBits(bits))
         select (channels, bits, exponents, zeroPoints, quarters, isRectified, storage)).Sample(
            (channels, bits, exponents, zeroPoints, quarters, isRectified, storage) =>
            {
                float[] scales = Array.ConvertAll(exponents, exponent => MathF.ScaleB(1, exponent));
                float[] input = Array.ConvertAll(quarters, quarter => quarter / 4f);
                IntegerData output = new(3 * channels, 2, storage);
                new SampleQuantization(channels, scales, zeroPoints, bits, isRectified, InstructionSets.Choose(instructions))
                    .Run(input, output, 2);
                Assert.Equal(
                    input.Select((value, i) =>
                    {
                        long rounded = (long)MathF.Round(value * scales[i % channels], MidpointRounding.ToEven);
                        long moved = Naive.Saturate(Naive.Saturate(rounded, bits) + (zeroPoints?[i % channels] ?? 0), bits);
                        return isRectified ? Math.Max(moved, 0) : moved;
                    }),
                    Cases.Values(output));
            });

    [Theory]
    [EachInstructionSet]
    public void Infinities_become_the_ends_of_the_range_and_what_is_not_a_number_0(string instructions)
    {
        foreach (int bits in (int[])[20, 31, 32])
        {
            float[] some = [float.PositiveInfinity, float.NegativeInfinity, float.NaN, 3e38f];
            float[] input = [.. Enumerable.Repeat(some, 6).SelectMany(x => x)];
            IntegerData output = new(1, input.Length, ValueRange.OfBits(bits).Storage);
            new SampleQuantization(1, [1], null, bits, false, InstructionSets.Choose(instructions)).Run(input, output, input.Length);
            (long least, long greatest) = (-(1L << bits), (1L << bits) - 1);
            Assert.Equal(Enumerable.Repeat<long[]>([greatest, least, 0, greatest], 6).SelectMany(x => x), Cases.Values(output));
        }
    }

    [Fact]
    public void There_is_one_scale_for_each_channel() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SampleQuantization(2, [1], null, 7));
}

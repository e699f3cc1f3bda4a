using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class SampleQuantizationTests
{
    [Fact]
    public void Products_are_rounded_half_to_even_saturated_moved_and_saturated_again() =>
        (from channels in Gen.Int[1, 9]
         from bits in Gen.OneOf(3, 7, 15)
         from exponents in Gen.Int[-2, 8].Array[channels]
         from zeroPoints in Cases.Optional(Gen.Int[0, 200].Array[channels])
         from quarters in Gen.Int[-4000, 4000].Array[2 * 3 * channels]
         from storage in Gen.Enum<IntegerStorage>()
         select (channels, bits, exponents, zeroPoints, quarters, storage)).Sample(
            (channels, bits, exponents, zeroPoints, quarters, storage) =>
            {
                float[] scales = Array.ConvertAll(exponents, exponent => MathF.ScaleB(1, exponent));
                float[] input = Array.ConvertAll(quarters, quarter => quarter / 4f);
                IntegerData output = new(3 * channels, 2, storage);
                new SampleQuantization(channels, scales, zeroPoints, bits).Run(input, output, 2);
                Assert.Equal(
                    input.Select((value, i) =>
                    {
                        long rounded = (long)MathF.Round(value * scales[i % channels], MidpointRounding.ToEven);
                        return Naive.Saturate(Naive.Saturate(rounded, bits) + (zeroPoints?[i % channels] ?? 0), bits);
                    }),
                    Cases.Values(output));
            });

    [Fact]
    public void Infinities_become_the_ends_of_the_range()
    {
        IntegerData output = new(1, 2, IntegerStorage.Int32);
        new SampleQuantization(1, [1], null, 20).Run([float.PositiveInfinity, float.NegativeInfinity], output, 2);
        Assert.Equal([(1 << 20) - 1, -(1 << 20)], Cases.Values(output));
    }

    [Fact]
    public void There_is_one_scale_for_each_channel() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SampleQuantization(2, [1], null, 7));
}

using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class LinearQuantizationTests
{
    [Theory]
    [EachInstructionSet]
    public void Quotients_are_rounded_half_to_even_moved_and_saturated(string instructions) =>
        (from channels in Gen.Int[1, 9]
         from scales in Gen.OneOf(Gen.Float[0.01f, 2f], Gen.Const(0.5f)).Array[channels]
         from range in Gen.OneOf(new ValueRange(0, 255), new ValueRange(-128, 127))
         from zeroPoints in Gen.Int[(int)range.Min, (int)range.Max].Array[channels]
         from halves in Gen.Int[-800, 800].Array[3 * channels]
         select (channels, scales, range, zeroPoints, halves)).Sample(
            (channels, scales, range, zeroPoints, halves) =>
            {
                float[] input = Array.ConvertAll(halves, half => half / 4f);
                IntegerData output = new(3 * channels, 1, IntegerStorage.Int16);
                new LinearQuantization(scales, zeroPoints, range, InstructionSets.Choose(instructions)).Run(input, output, 1);
                Assert.Equal(
                    input.Select((value, i) =>
                    {
                        float rounded = MathF.Round(value / scales[i % channels], MidpointRounding.ToEven);
                        return Math.Clamp((long)rounded + zeroPoints[i % channels], range.Min, range.Max);
                    }),
                    Cases.Values(output));
            });

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(float.PositiveInfinity, 255)]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(3e38f, 255)]
    public void What_no_integer_stands_for_becomes_an_end_of_the_range(float value, long expected)
    {
        foreach (InstructionSet set in InstructionSets.Supported)
        {
            IntegerData output = new(20, 1, IntegerStorage.Int16);
            new LinearQuantization([0.5f], [3], new ValueRange(0, 255), set).Run([.. Enumerable.Repeat(value, 20)], output, 1);
            Assert.Equal(Enumerable.Repeat(expected, 20), Cases.Values(output));
        }
    }

    [Fact]
    public void Zero_points_far_outside_of_the_range_are_exact()
    {
        IntegerData output = new(3, 1, IntegerStorage.Int16);
        new LinearQuantization([1], [int.MinValue], new ValueRange(-128, 127)).Run([2147483648f, 2147483904f, 2147483520f], output, 1);
        Assert.Equal([0, 127, -128], Cases.Values(output));
    }

    [Fact]
    public void Other_storages_and_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>("output", () =>
            new LinearQuantization([1], [0], new ValueRange(0, 255)).Run([1], new IntegerData(1, 1, IntegerStorage.Int32), 1));
        Assert.Throws<ArgumentException>("zeroPoints", () => new LinearQuantization([1], [0, 0], new ValueRange(0, 255)));
    }
}

using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class DequantizationTests
{
    [Fact]
    public void Integers_are_divided_by_their_power_of_two_and_then_scaled_each_rounded() =>
        (from sizes in ChannelCases.Sizes
         from range in ChannelCases.Range
         from values in ChannelCases.Integers(range, sizes)
         from storage in Cases.Storage(range)
         from fracBits in Gen.Int[-20, 40].Array[sizes.Channels]
         from scales in Cases.Optional(Gen.Float[-9, 9].Array[sizes.Channels])
         from parts in DividedCases.Count
         select (sizes, values, storage, fracBits, scales, parts)).Sample(
            (sizes, values, storage, fracBits, scales, parts) =>
            {
                IntegerData input = Cases.Buffer(values, sizes.Channels * sizes.Positions, storage);
                float[] expected = [.. values.Select((value, i) =>
                {
                    float real = MathF.ScaleB(value, -fracBits[i % sizes.Channels]);
                    return scales is null ? real : real * scales[i % sizes.Channels];
                })];
                Assert.Equal(expected, FloatCases.Output(
                    values.Length, output => new Dequantization(sizes.Channels, fracBits, scales).Run(input, output, sizes.Batch)));
                DividedCases.Check(expected, parts, (share, ground) =>
                {
                    float[] output = new float[expected.Length];
                    Array.Fill(output, ground);
                    new Dequantization(sizes.Channels, fracBits, scales).Run(input, output, sizes.Batch, share);
                    return output;
                });
            },
            iter: 500);

    [Fact]
    public void There_is_one_number_of_bits_for_each_channel() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dequantization(3, [1, 2], null));
}

using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class SumBoundsTests
{
    [Fact]
    public void Bounds_are_what_the_ends_of_the_ranges_reach() =>
        (from columns in Gen.Int[1, 4]
         from taps in Gen.Int[1, 3]
         from isChannelwise in Gen.Bool
         from channels in isChannelwise ? Gen.Const(columns) : Gen.Int[1, 4]
         from ranges in Gen.Select(Gen.Long[-200, 10], Gen.Long[0, 200], (min, length) => new ValueRange(min, min + length)).Array[channels]
         from most in Gen.OneOf(Gen.Const(50), Gen.Const((int)short.MaxValue), Gen.Const(1 << 20))
         from weights in Gen.Int[-most, most].Array[taps * columns * (isChannelwise ? 1 : channels)]
         select (columns, isChannelwise, ranges, weights)).Sample(
            (columns, isChannelwise, ranges, weights) =>
            {
                long[] least = new long[columns];
                long[] greatest = new long[columns];
                long[] magnitude = new long[columns];
                for (int i = 0; i < weights.Length; i++)
                {
                    ValueRange range = ranges[isChannelwise ? i % columns : i / columns % ranges.Length];
                    long[] ends = [weights[i] * range.Min, weights[i] * range.Max];
                    least[i % columns] += ends.Min();
                    greatest[i % columns] += ends.Max();
                    magnitude[i % columns] += Math.Abs((long)weights[i]) * Math.Max(-range.Min, range.Max);
                }

                Assert.Equal(
                    new SumBounds(least.Min(), greatest.Max(), magnitude.Max()), SumBounds.Of(weights, columns, ranges, isChannelwise));
            });

    [Fact]
    public void Many_weights_of_16_bits_add_up_to_more_than_32()
    {
        int[] weights = new int[70_000];
        Array.Fill(weights, short.MinValue);
        Assert.Equal(70_000L << 15, SumBounds.Of(weights, 1, [new ValueRange(-1, 1)], isChannelwise: false).Greatest);
    }

    [Fact]
    public void Types_hold_partial_sums_up_to_their_last_integer()
    {
        Assert.True(new SumBounds(0, 0, short.MaxValue).FitsInt16);
        Assert.False(new SumBounds(0, 0, 1L << 15).FitsInt16);
        Assert.True(new SumBounds(0, 0, int.MaxValue).FitsInt32);
        Assert.False(new SumBounds(0, 0, 1L << 31).FitsInt32);
        Assert.True(new SumBounds(0, 0, 1L << 53).FitsDouble);
        Assert.False(new SumBounds(0, 0, (1L << 53) + 1).FitsDouble);
    }

    [Fact]
    public void Finished_sums_are_brought_into_the_limits()
    {
        ValueRange limits = ValueRange.OfBits(7);
        Assert.False(new SumBounds(-128, 127, 500).Exceeds(limits));
        Assert.True(new SumBounds(-129, 0, 129).Exceeds(limits));
        Assert.True(new SumBounds(0, 128, 128).Exceeds(limits));
        Assert.Equal(new ValueRange(-128, 100), new SumBounds(-500, 100, 500).Saturated(limits));
    }

    [Fact]
    public void A_channel_reaches_its_shifted_ends_and_the_border()
    {
        Assert.Equal(new ValueRange(-4, 7), SumBounds.ChannelRange(new ValueRange(-4, 7), null, 2, null));
        Assert.Equal(new ValueRange(-8, 14), SumBounds.ChannelRange(new ValueRange(-4, 7), 1, 7, null));
        Assert.Equal(new ValueRange(-8, 7), SumBounds.ChannelRange(new ValueRange(-4, 7), 1, 3, null));
        Assert.Equal(new ValueRange(-8, 90), SumBounds.ChannelRange(new ValueRange(-4, 7), 1, 7, 90));
        Assert.Equal(new ValueRange(0, 7), SumBounds.ChannelRange(new ValueRange(2, 7), null, 7, 0));
    }

    [Fact]
    public void Sums_beyond_63_bits_are_an_error()
    {
        ValueRange[] ranges = [ValueRange.OfBits(32)];
        Assert.Equal(1L << 62, SumBounds.Of([1 << 30], 1, ranges, false).Magnitude);
        QuantException error = Assert.Throws<QuantException>(() => SumBounds.Of([1 << 30, 1 << 30], 1, ranges, false));
        Assert.Equal("SumsTooWide", error.Id);
    }
}

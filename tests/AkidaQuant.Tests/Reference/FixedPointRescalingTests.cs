using System.Numerics;
using CsCheck;
using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Reference;

public sealed class FixedPointRescalingTests
{
    private static readonly FixedPoint Signed = Fixed([5, -5, 7, -7, 6, -6, 100], 7, 3);
    private static readonly FixedPoint Channels = Fixed([[1, 2, 3], [4, -5, 6]], 7, 0, 2, 3);

    [Fact]
    public void Promote_keeps_values()
    {
        Check(Fixed([5], 7, 3).Promote(9), [5], 9, Bits(3));
        Check(Fixed([5], 7, 3).Promote(7), [5], 7, Bits(3));
        Assert.Equal("PromotionNarrows", IdOf(() => Fixed([5], 7, 3).Promote(6)));
        Assert.Equal("ValueBitsOutOfRange", IdOf(() => Fixed([5], 7, 3).Promote(-1)));
    }

    [Theory]
    [InlineData(2, null, new long[] { 3, -2, 4, -3, 3, -3, 50 })]
    [InlineData(1, null, new long[] { 1, -1, 2, -2, 2, -1, 25 })]
    [InlineData(5, null, new long[] { 20, -20, 28, -28, 24, -24, 127 })]
    [InlineData(5, 10, new long[] { 20, -20, 28, -28, 24, -24, 400 })]
    [InlineData(9, null, new long[] { 127, -128, 127, -128, 127, -128, 127 })]
    public void Rescale_rounds_half_up(int fracBits, int? valueBits, long[] values)
    {
        (FixedPoint result, ScalarOrVector<int> shift) = Signed.Rescale(Bits(fracBits), valueBits);
        Check(result, values, valueBits ?? 7, Bits(fracBits));
        Assert.Equal(Bits(fracBits - 3), shift);
    }

    [Fact]
    public void Rescale_refuses_a_shift_as_large_as_the_value_bits() =>
        Assert.Equal("AssertionShift", IdOf(() => Signed.Rescale(Bits(10))));

    [Fact]
    public void Rescale_to_channels_repeats_a_value_that_serves_all()
    {
        (FixedPoint result, ScalarOrVector<int> shift) = Fixed([3], 7, 1).Rescale(BitsOf(1, 3));
        Check(result, [3, 12], 7, BitsOf(1, 3));
        Assert.Equal(BitsOf(0, 2), shift);
    }

    [Fact]
    public void Upscale_and_downscale_go_one_way()
    {
        Check(Signed.Upscale(Bits(5)).Result, [20, -20, 28, -28, 24, -24, 127], 7, Bits(5));
        Check(Signed.Downscale(Bits(2)).Result, [3, -2, 4, -3, 3, -3, 50], 7, Bits(2));
        Assert.Equal("AssertionUpscale", IdOf(() => Signed.Upscale(Bits(2))));
        Assert.Equal("AssertionDownscale", IdOf(() => Signed.Downscale(Bits(4))));
        Assert.Equal("AssertionShift", IdOf(() => Signed.Upscale(Bits(10))));
    }

    [Fact]
    public void Expand_brings_channels_to_the_most_fractional_bits()
    {
        (FixedPoint result, ScalarOrVector<int> shift) = Channels.Expand(10);
        Check(result, [8, 4, 3, 32, -10, 6], 10, Bits(3));
        Assert.Equal(BitsOf(3, 1, 0), shift);
        Assert.Equal("PromotionNarrows", IdOf(() => Channels.Expand(6)));
    }

    [Fact]
    public void Expand_of_inputs_of_a_dense_layer()
    {
        (FixedPoint result, ScalarOrVector<int> shift) = Fixed([1, 2], 7, [1, 3]).Expand(27);
        Check(result, [4, 2], 27, Bits(3));
        Assert.Equal(BitsOf(2, 0), shift);
    }

    [Fact]
    public void Align_takes_the_greater_fractional_bits_of_each_channel()
    {
        (FixedPoint result, ScalarOrVector<int> shift) = Channels.Align(Fixed([[0, 0, 0]], 7, 4, 1, 2), 12);
        Check(result, [16, 2, 3, 64, -5, 6], 12, BitsOf(4, 2, 3));
        Assert.Equal(BitsOf(4, 0, 0), shift);
    }

    [Fact]
    public void Shift_floors() =>
        Check(Fixed([5, -5, 100, -100], 7, 2).Shift(NdArray<int>.Vector([-1, -1, 1, 1])), [2, -3, 127, -128], 7, Bits(2));

    [Fact]
    public void Shift_by_rows() =>
        Check(Channels.Shift(new NdArray<int>(new Shape(2, 1), [1, -1])), [2, 4, 6, 2, -3, 3], 7, BitsOf(0, 2, 3));

    [Fact]
    public void Right_shift_moves_the_binary_point()
    {
        Check(Channels >> BitsOf(1, 2, 3), [1, 2, 3, 4, -5, 6], 7, BitsOf(1, 4, 6));
        Check(Signed >> 1, [5, -5, 7, -7, 6, -6, 100], 7, Bits(4));
        Assert.Equal("AssertionShiftSign", IdOf(() => _ = Signed >> -1));
        Assert.Equal("AssertionShiftRank", IdOf(() => _ = Fixed([[1, 2]], 7, 0) >> BitsOf(1, 2)));
    }

    [Fact]
    public void Left_shift_multiplies()
    {
        Check(Channels << 5, [32, 64, 96, 127, -128, 127], 7, BitsOf(0, 2, 3));
        Check(Channels << BitsOf(0, 1, 2), [1, 4, 12, 4, -10, 24], 7, BitsOf(0, 2, 3));
        Assert.Equal("AssertionShiftSign", IdOf(() => _ = Channels << -1));
    }

    [Fact]
    public void Rescale_equals_rational_rounding() =>
        Gen.Select(Gen.Long[-(1L << 31), (1L << 31) - 1], Gen.Int[-8, 24], Gen.Int[-8, 24], Gen.Int[33, 44])
            .Sample(
                (value, from, to, valueBits) =>
                {
                    long actual = Fixed([value], 31, from).Rescale(Bits(to), valueBits).Result.Values.Values[0];

            // In units of 2^-33: the exact value, and the result that may be half a unit above or less than half below.
            BigInteger exact = value * BigInteger.Pow(2, to - from + 33);
            BigInteger one = BigInteger.Pow(2, 33);
            BigInteger greatest = BigInteger.Pow(2, valueBits) - 1;
            if (exact >= greatest * one || exact <= -(greatest + 1) * one)
            {
                Assert.Equal(value > 0 ? greatest : -greatest - 1, actual);
            }
            else
            {
                BigInteger error = (actual * one) - exact;
                Assert.True(error <= one / 2 && error > -one / 2);
            }
        });
}

using System.Numerics;
using AkidaQuant.Numerics;
using AkidaQuant.Tests.Reference;
using CsCheck;
using static AkidaQuant.Tests.Numerics.Arrays;

namespace AkidaQuant.Tests.Numerics;

public sealed class FixedPointTests
{
    // The reference also keeps fractions here, such as 1.5: it stores integers in float32 and does not round.
    // Values are integers in this library, so there is nothing to keep.
    [Fact]
    public void Construction_saturates() => Check(Fixed([-200, 300, 127, 128, -128, -129], 7, 0), [-128, 127, 127, 127, -128, -128], 7, Bits(0));

    [Fact]
    public void Fractional_bits_are_a_scalar_or_one_dimensional_but_for_axes_of_one()
    {
        NdArray<long> values = Matrix<long>([1, 2, 3]);
        Assert.Equal(BitsOf(1, 2, 3), FixedPoint.Create(values, 7, new NdArray<int>(new Shape(1, 3), [1, 2, 3])).FracBits);
        Assert.Equal(Bits(4), FixedPoint.Create(values, 7, NdArray<int>.Scalar(4)).FracBits);
        Assert.Equal(BitsOf(4), FixedPoint.Create(values, 7, NdArray<int>.Vector([4])).FracBits);
        Assert.Equal("FracBitsRank", IdOf(() => FixedPoint.Create(values, 7, new NdArray<int>(new Shape(2, 3), new int[6]))));
    }

    [Fact]
    public void Per_tensor_is_a_scalar_or_a_vector_of_one()
    {
        Assert.True(Fixed([[1, 2]], 7, 3).IsPerTensor);
        Assert.True(new FixedPoint(Matrix<long>([1, 2]), 7, BitsOf(3)).IsPerTensor);
        Assert.False(Fixed([[1, 2]], 7, 3, 3).IsPerTensor);
    }

    [Fact]
    public void Construction_errors()
    {
        Assert.Equal("ChannelCountMismatch", IdOf(() => Fixed([[1, 2]], 7, 1, 2, 3)));
        Assert.Equal("ValueBitsOutOfRange", IdOf(() => Fixed([1], -1, 0)));
        Assert.Equal("ValueBitsOutOfRange", IdOf(() => Fixed([1], 63, 0)));
    }

    [Fact]
    public void Quantize_finds_fractional_bits()
    {
        Check(FixedPoint.Quantize(Vector(0.3f, -0.7f), 7), [38, -90], 7, Bits(7));
        Check(FixedPoint.Quantize(Vector(300.5f, -0.7f), 7), [75, 0], 7, Bits(-2));
        Check(FixedPoint.Quantize(Vector(0.01f), 7), [1], 7, Bits(7));
        Check(FixedPoint.Quantize(Vector(1, -3, 200), 7), [1, -3, 127], 7, Bits(0));
    }

    [Fact]
    public void Quantize_with_given_fractional_bits()
    {
        Check(FixedPoint.Quantize(5, 7, 3), [40], 7, Bits(3));
        Check(FixedPoint.Quantize(5, 7), [5], 7, Bits(0));
        Check(FixedPoint.Quantize(Vector(100, 102, -6), 7, Bits(-2)), [25, 26, -2], 7, Bits(-2));
        Check(FixedPoint.Quantize(Vector(0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f), 7, Bits(0)), [0, 2, 2, 0, -2, -2], 7, Bits(0));
        Check(FixedPoint.Quantize(Vector(1, 1), 7, BitsOf(2, 5)), [4, 32], 7, BitsOf(2, 5));
    }

    [Fact]
    public void A_range_that_is_a_power_of_two_saturates_its_own_maximum() =>
        Check(FixedPoint.Quantize(Scalar(1), 7, Bits(Rounding.MaxFracBits(7, 1))), [127], 7, Bits(7));

    [Fact]
    public void Values_that_are_not_numbers()
    {
        Assert.Equal("ValueNotFinite", IdOf(() => FixedPoint.Quantize(Vector(float.PositiveInfinity), 7)));
        Assert.Equal("ValueNotANumber", IdOf(() => FixedPoint.Quantize(Vector(float.NaN), 7, Bits(0))));
    }

    [Fact]
    public void Real_values()
    {
        Assert.Equal([0.75f, -1.25f], Fixed([3, -5], 7, 2).ToFloat().Values);
        Assert.Equal([1.5f, -20f], Fixed([3, -5], 7, [1, -2]).ToFloat().Values);
        Assert.Equal("FixedPoint([0.75, -1.25])", Fixed([3, -5], 7, 2).ToString());
    }

    [Fact]
    public void Sign() => Check(Fixed([3, 0, -5], 7, 2).Sign(), [1, 0, -1], 7, Bits(0));

    [Fact]
    public void Quantized_values_stay_within_half_a_step_unless_saturated() =>
        Gen.Select(Gen.Float[-1000, 1000], Gen.Int[1, 16], Gen.Int[-4, 16]).Sample((x, valueBits, fracBits) =>
        {
            FixedPoint quantized = FixedPoint.Quantize(Scalar(x), valueBits, Bits(fracBits));
            double step = Math.ScaleB(1, -fracBits);
            double real = quantized.ToFloat().Values[0];
            long bound = 1L << valueBits;
            if (x >= (bound - 1) * step || x <= -bound * step)
            {
                Assert.Equal(x > 0 ? bound - 1 : -bound, quantized.Values.Values[0]);
            }
            else
            {
                Assert.True(Math.Abs(real - x) <= step / 2);
            }
        });
}

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
    public void Rescale_refuses_a_shift_as_large_as_the_value_bits() => Assert.Equal("AssertionShift", IdOf(() => Signed.Rescale(Bits(10))));

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
        Gen.Select(Gen.Long[-(1L << 31), (1L << 31) - 1], Gen.Int[-8, 24], Gen.Int[-8, 24], Gen.Int[33, 44]).Sample((value, from, to, valueBits) =>
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

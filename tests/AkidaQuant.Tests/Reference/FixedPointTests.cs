using AkidaQuant.Numerics;
using CsCheck;
using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Reference;

public sealed class FixedPointTests
{
    // The reference also keeps fractions here, such as 1.5: it stores integers in float32 and does not round.
    // Values are integers in this library, so there is nothing to keep.
    [Fact]
    public void Construction_saturates() =>
        Check(Fixed([-200, 300, 127, 128, -128, -129], 7, 0), [-128, 127, 127, 127, -128, -128], 7, Bits(0));

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

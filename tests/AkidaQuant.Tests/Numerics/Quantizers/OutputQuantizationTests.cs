using System.Numerics;
using AkidaQuant.Numerics.Quantizers;
using AkidaQuant.Tests.Reference;
using CsCheck;

using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Numerics.Quantizers;

public sealed class OutputQuantizationTests
{
    private static readonly NdArray<float> One = Scalar(1);

    [Fact]
    public void One_scale()
    {
        OutputStage stage = OutputQuantization.Derive(Scale(0.0123f), Bits(0), 27, Scalar(16), One, 8, true, 8, 32, "dense");
        Assert.Equal(Bits(202), stage.Scales!.Mantissas);
        Assert.Equal(Bits(14), stage.Scales.FracBits);
        Assert.Equal(Bits(-11), stage.Shift);
        Assert.Equal(Bits(3), stage.FracBits);
        Assert.Equal(32, stage.ScaledValueBits);
        long[] accumulators = [1000, -1000, 37, -37, 12345, 0, -3];
        Assert.Equal([99, -99, 4, -4, 127, 0, 0], accumulators.Select(a => stage.Apply(a, 0)));
    }

    [Fact]
    public void Ranges_of_channels()
    {
        OutputStage stage = OutputQuantization.Derive(
            Scales(.01f, .02f, .003f),
            Bits(0),
            27,
            Vector(1, 5, 9),
            Vector(1, 1, 1),
            4,
            true,
            8,
            32,
            "conv");
        Assert.Equal(BitsOf(164, 164, 197), stage.Scales!.Mantissas);
        Assert.Equal(BitsOf(14, 13, 16), stage.Scales.FracBits);
        Assert.Equal(BitsOf(-11, -13, -17), stage.Shift);
        Assert.Equal(BitsOf(3, 0, -1), stage.FracBits);
        Assert.Equal([1, 4, -5, 4, -2, 2], Run(stage, 10, 200, -3000, 55, -77, 999));
    }

    [Fact]
    public void Rescaling_rate_changes_the_scales()
    {
        OutputStage stage = OutputQuantization.Derive(
            Scales(.01f, .02f, .003f),
            Bits(0),
            27,
            Vector(1, 5, 9),
            Vector(1.5f, 1, 0.5f),
            4,
            true,
            8,
            32,
            "conv");
        Assert.Equal(BitsOf(246, 164, 197), stage.Scales!.Mantissas);
        Assert.Equal(BitsOf(14, 13, 17), stage.Scales.FracBits);
        Assert.Equal(BitsOf(-11, -13, -18), stage.Shift);
        Assert.Equal([1, 4, -2, 7, -2, 1], Run(stage, 10, 200, -3000, 55, -77, 999));
    }

    [Fact]
    public void Fixed_point_has_no_scales()
    {
        OutputStage stage = OutputQuantization.Derive(null, Bits(8), 31, Scalar(20), Scalar(3), 8, true, 8, 32, "add");
        Assert.Null(stage.Scales);
        Assert.Equal(Bits(-6), stage.Shift);
        Assert.Equal(Bits(2), stage.FracBits);
        Assert.Equal(31, stage.ScaledValueBits);
        long[] accumulators = [5000, -5000, 77, -76];
        Assert.Equal([78, -78, 1, -1], accumulators.Select(a => stage.Apply(a, 0)));
    }

    [Fact]
    public void Left_shifts_saturate_when_they_reach_the_output_width()
    {
        OutputStage stage = OutputQuantization.Derive(null, Bits(2), 31, Scalar(0.03125f), One, 8, true, 8, 32, "add");
        Assert.Equal(Bits(5), stage.Shift);
        Assert.Equal(Bits(7), stage.FracBits);
        Assert.Equal(96, stage.Apply(3, 0));

        OutputStage narrow = OutputQuantization.Derive(null, Bits(0), 31, Scalar(0.03125f), One, 8, true, 8, 32, "add");
        Assert.Equal(Bits(7), narrow.Shift);
        Assert.Equal([-128, 0, 127], new[] { narrow.Apply(-3, 0), narrow.Apply(0, 0), narrow.Apply(3, 0) });
    }

    [Fact]
    public void Unsigned_outputs_admit_negative_values()
    {
        OutputStage stage = OutputQuantization.Derive(null, Bits(8), 31, Scalar(20), One, 4, false, 8, 32, "relu");
        Assert.Equal(-10, stage.Apply(-5000, 0));
    }

    [Fact]
    public void Accumulator_of_channels_with_one_range_has_shifts_of_channels_and_scalar_fractional_bits()
    {
        OutputStage stage = OutputQuantization.Derive(null, BitsOf(3, 5), 31, Scalar(6), One, 8, true, 8, 32, "add");
        Assert.Equal(BitsOf(1, -1), stage.Shift);
        Assert.Equal(Bits(4), stage.FracBits);
    }

    [Fact]
    public void Product_saturates_at_the_buffer()
    {
        OutputStage stage = OutputQuantization.Derive(Scale(1), Bits(0), 27, Scalar(1 << 27), One, 8, true, 8, 32, "dense");
        Assert.Equal(Bits(-28), stage.Shift);
        Assert.Equal(16, stage.Apply((1L << 27) - 1, 0));
        Assert.Equal(-16, stage.Apply(-(1L << 27), 0));
    }

    [Fact]
    public void A_range_of_zero_gives_the_most_fractional_bits()
    {
        OutputStage stage = OutputQuantization.Derive(null, Bits(8), 31, Scalar(0), One, 8, true, 8, 32, "add");
        Assert.Equal(Bits(7), stage.FracBits);
    }

    [Fact]
    public void Dense_layer_end_to_end()
    {
        OutputStage stage = OutputQuantization.Derive(
            ScalarOrVector<float>.Vector(FromBits(0x3D924925, 0x3D2F8AFA)), Bits(0), 27, Scalar(100), One, 8, true, 8, 32, "dense");
        Assert.Equal(BitsOf(146, 176), stage.Scales!.Mantissas);
        Assert.Equal(BitsOf(11, 12), stage.Scales.FracBits);
        Assert.Equal(BitsOf(-11, -12), stage.Shift);
        Assert.Equal([100, -42, 22, 74], new[] { stage.Apply(1407, 0), stage.Apply(-981, 1), stage.Apply(303, 0), stage.Apply(1713, 1) });
    }

    [Fact]
    public void Errors_name_the_layer()
    {
        Check("NothingToReduce", () => OutputQuantization.Derive(null, Bits(0), 7, Scalar(1), One, 8, true, 8, 32, "pool"));
        Check("NothingToReduce", () => OutputQuantization.Derive(null, Bits(0), 6, Scalar(1), One, 8, true, 8, 32, "pool"));
        Check("OutputBufferTooNarrow", () => OutputQuantization.Derive(Scale(1), Bits(0), 33, Scalar(1), One, 8, true, 8, 32, "pool"));
        Check("RangeNotUsable", () => OutputQuantization.Derive(null, Bits(0), 31, Scalar(float.NaN), One, 8, true, 8, 32, "pool"));
        Check("RangeNotUsable", () =>
            OutputQuantization.Derive(null, Bits(0), 31, Scalar(float.PositiveInfinity), One, 8, true, 8, 32, "pool"));
        Check("RangeNotUsable", () => OutputQuantization.Derive(null, Bits(0), 31, Scalar(-1), One, 8, true, 8, 32, "pool"));
        Check("ScaleNotUsable", () => OutputQuantization.Derive(Scale(0), Bits(0), 27, Scalar(1), One, 8, true, 8, 32, "pool"));
        Check("ScaleBitsOutOfRange", () => OutputQuantization.Derive(Scale(1), Bits(0), 27, Scalar(1), One, 8, true, 0, 32, "pool"));
        Check("BitwidthOutOfRange", () => OutputQuantization.Derive(Scale(1), Bits(0), 27, Scalar(1), One, 1, true, 8, 32, "pool"));
        Check("ChannelCountMismatch", () =>
            OutputQuantization.Derive(Scales(1, 1), Bits(0), 27, Vector(1, 1, 1), One, 8, true, 8, 32, "pool"));

        static void Check(string id, Action action)
        {
            QuantException exception = Assert.Throws<QuantException>(action);
            Assert.Equal(id, exception.Id);
            Assert.Equal("pool", exception.Target);
            Assert.Contains("'pool'", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Equals_big_integer_arithmetic() =>
        Gen.Select(Gen.Long[-(1L << 27), (1L << 27) - 1], Gen.Float[1e-6f, 4f], Gen.Float[0.01f, 1e6f], Gen.Int[2, 16], Gen.Int[4, 16])
            .Sample(
                (accumulator, scale, range, bitwidth, scaleBits) =>
                {
                    OutputStage stage = OutputQuantization.Derive(
                        Scale(scale),
                        Bits(0),
                        27,
                        Scalar(range),
                        One,
                        bitwidth,
                        true,
                        scaleBits,
                        44,
                        "layer");
                    Assert.Equal(Expected(stage, accumulator, 44), stage.Apply(accumulator, 0));
                });

    private static BigInteger Expected(OutputStage stage, long accumulator, int buffer)
    {
        BigInteger product = Clamp(accumulator * new BigInteger(stage.Scales!.Mantissas[0]), buffer);
        int shift = stage.Shift[0];
        if (shift >= 0)
        {
            return Clamp(product * BigInteger.Pow(2, shift), stage.ValueBits);
        }

        // floor(product / 2^n + 1/2), by Euclidean division.
        BigInteger divisor = BigInteger.Pow(2, -shift);
        BigInteger numerator = (2 * product) + divisor;
        BigInteger quotient = BigInteger.DivRem(numerator, 2 * divisor, out BigInteger remainder);
        return Clamp(remainder < 0 ? quotient - 1 : quotient, stage.ValueBits);
    }

    private static BigInteger Clamp(BigInteger value, int valueBits)
    {
        BigInteger bound = BigInteger.Pow(2, valueBits);
        return value < -bound ? -bound : value >= bound ? bound - 1 : value;
    }

    private static int[] Run(OutputStage stage, params long[] accumulators) =>
        [.. accumulators.Select((value, i) => stage.Apply(value, i % stage.Shift.Count))];
}

using AkidaQuant.Numerics;
using AkidaQuant.Numerics.Quantizers;
using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Reference;

/// <summary>
/// The traps of numerics.md 13. Two of the ten are float32 artefacts of the reference, inexact logarithms next to
/// powers of two (1.5) and products rounded to 24 bits (11.2 to 11.4). The contract is exact integers in one mode,
/// which all recorded networks confirm, so the tests below pin the exact result where an artefact would differ.
/// </summary>
public sealed class TrapTests
{
    [Fact]
    public void One_half_is_rounded_in_four_ways()
    {
        Assert.Equal([2, 4], FixedPoint.Quantize(Vector(2.5f, 3.5f), 7, Bits(0)).Values.Values);
        Assert.Equal([3, 4, -2], Fixed([5, 7, -5], 7, 1).Rescale(Bits(0)).Result.Values.Values);
        Assert.Equal([2, 3, -3], Fixed([5, 7, -5], 7, 1).Shift(NdArray<int>.Scalar(-1)).Values.Values);
        Assert.Equal([2, 3, -2], (Fixed([5, 7, -5], 7, 1) / 2).Values.Values);
        Assert.Equal([-3], Reductions.Mean(Fixed([-2, -3], 7, 0)).Values.Values);
    }

    [Fact]
    public void Logarithms_do_not_depend_on_the_position_in_a_tensor()
    {
        float[] nine = new float[9];
        Array.Fill(nine, MathF.ScaleB(1, -13));
        Assert.All(nine, value => Assert.Equal(-13, Rounding.CeilLog2(value)));
    }

    [Fact]
    public void Constants_divide_as_reciprocals()
    {
        float range = 0.3f;
        Assert.NotEqual(range / 7, Rounding.DivideByConstant(range, 7));
        Assert.Equal(range * (1f / 7), Rounding.DivideByConstant(range, 7));
        Assert.Equal(0x3D2F8AF9u, BitConverter.SingleToUInt32Bits(range / 7));
    }

    [Fact]
    public void Powers_of_two_saturate_their_own_maximum()
    {
        Assert.Equal(Bits(255), ScaleQuantization.Quantize(Scale(1), 8).Mantissas);
        Assert.Equal([127], FixedPoint.Quantize(Scalar(1), 7, Bits(Rounding.MaxFracBits(7, 1))).Values.Values);
    }

    [Fact]
    public void Value_bits_are_those_of_the_left_operand_but_for_maximum_concat_and_stack()
    {
        FixedPoint narrow = Fixed([1], 7, 0);
        FixedPoint wide = Fixed([1], 15, 0);
        Assert.Equal(7, (narrow + wide).ValueBits);
        Assert.Equal(7, (narrow / wide).ValueBits);
        Assert.Equal(7, Elementwise.Multiply(narrow, wide).ValueBits);
        Assert.Equal(15, Elementwise.Maximum(narrow, wide).ValueBits);
        Assert.Equal(15, Joining.Concat(narrow, wide, 0).ValueBits);
        Assert.Equal(15, Joining.Stack(narrow, wide, 0).ValueBits);
    }

    [Fact]
    public void Unsigned_quantizers_admit_negative_values() =>
        Assert.Equal(-77, InputQuantization.Derive(Scalar(0), Scalar(1), 8, false, "input").Quantize(-0.3f));

    [Fact]
    public void Biases_have_fractional_bits_for_each_element_above_four_bits()
    {
        Assert.Equal(BitsOf(3, 4), AlignedQuantization.Quantize(Vector(1, 2), Scale(1), Bits(10), 27, 8, true).Shift);
        Assert.Equal(BitsOf(6, 7), AlignedQuantization.Quantize(Vector(1, 2), Scale(1), Bits(10), 27, 5, true).Shift);
        Assert.Equal(Bits(8), AlignedQuantization.Quantize(Vector(1, 2), Scale(1), Bits(10), 27, 4, true).Shift);
    }

    [Fact]
    public void Recorded_biases_are_shifted()
    {
        AlignedTensor bias = AlignedQuantization.Quantize(Vector(1), Scale(1), Bits(10), 27, 8, true);
        Assert.Equal(127, bias.Values[0] >> bias.Shift[0]);
        Assert.Equal(127 << 3, bias.Values[0]);
    }

    [Fact]
    public void Shape_one_is_per_tensor_for_fractional_bits_but_not_for_scales()
    {
        FixedPoint inner = new(Matrix<long>([1]), 7, BitsOf(0));
        Assert.True(inner.IsPerTensor);
        Assert.False(new QFloat(inner, Scales(1)).IsPerTensor);
    }

    // Rounding the product to 24 bits first would give one more in each row.
    [Theory]
    [InlineData(75943, 233, 18, 67)]
    [InlineData(81591, 249, 18, 77)]
    [InlineData(81721, 247, 19, 38)]
    [InlineData(87203, 245, 18, 81)]
    [InlineData(14031169, 223, 24, 186)]
    [InlineData(-12790189, 172, 22, -525)]
    public void Products_with_scales_are_exact(long accumulator, int mantissa, int right, int expected)
    {
        OutputStage stage = new(new QuantizedScales(Bits(mantissa), Bits(8), 8), Bits(-right), Bits(0), 15, 44);
        Assert.Equal(expected, stage.Apply(accumulator, 0));
        Assert.NotEqual(expected, (int)Math.Floor((float)(accumulator * mantissa) / Math.Pow(2, right) + 0.5));
    }

    [Fact]
    public void The_first_product_through_an_output_quantizer()
    {
        OutputStage stage = OutputQuantization.Derive(
            Scale(233 * MathF.ScaleB(1, -14)),
            Bits(0),
            27,
            Scalar(2048),
            Scalar(1),
            8,
            true,
            8,
            32,
            "layer");
        Assert.Equal(Bits(233), stage.Scales!.Mantissas);
        Assert.Equal(Bits(-18), stage.Shift);
        Assert.Equal(67, stage.Apply(75943, 0));
    }
}

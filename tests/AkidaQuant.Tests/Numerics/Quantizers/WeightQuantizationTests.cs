using AkidaQuant.Numerics;
using AkidaQuant.Numerics.Quantizers;
using CsCheck;
using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Numerics.Quantizers;

public sealed class WeightQuantizationTests
{
    private static readonly NdArray<float> Weights = Matrix<float>(
        [0.1f, -0.5f, 2, 0], [0.35f, 0.25f, -1, 0], [-0.7f, 0.0714f, 0.142857f, 0]);

    [Fact]
    public void Four_bits_an_axis() => Check(
        4, true, -1, [1, -7, 7, 0, 4, 3, -3, 0, -7, 1, 0, 0], [0.1f, 0.071428575f, 0.2857143f, 1e-6f]);

    [Fact]
    public void Eight_bits_an_axis() => Check(
        8, true, -1, [18, -127, 127, 0, 64, 64, -64, 0, -127, 18, 9, 0], [0.005511811f, 0.003937008f, 0.015748031f, 1e-6f]);

    [Fact]
    public void Two_bits_an_axis() => Check(2, true, -1, [0, -1, 1, 0, 0, 0, 0, 0, -1, 0, 0, 0], [0.7f, 0.5f, 2, 1e-6f]);

    [Fact]
    public void Four_bits_unsigned_keep_negative_values() => Check(
        4, false, -1, [2, -15, 15, 0, 8, 7, -7, 0, -15, 2, 1, 0], [0.046666667f, 0.033333335f, 0.13333334f, 1e-6f]);

    [Fact]
    public void One_range_for_the_tensor()
    {
        // -1 / 0.2857143 is just short of a tie in float32, so -3 and not -4.
        QuantizedWeights weights = WeightQuantization.Quantize(Weights, 4, true, null);
        Assert.Equal([0, -2, 7, 0, 1, 1, -3, 0, -2, 0, 0, 0], weights.Values.Values);
        Assert.Equal(Shape.Scalar, weights.Scales!.Shape);
        Assert.Equal([0.2857143f], weights.Scales.Values);
    }

    [Fact]
    public void Fractional_bits_instead_of_scales()
    {
        QuantizedWeights weights = WeightQuantization.Quantize(Weights, 4, true, -1, fixedPoint: true);
        Assert.Equal([1, -4, 7, 0, 3, 2, -4, 0, -6, 1, 1, 0], weights.Values.Values);
        Assert.Equal(BitsOf(3, 3, 2, 3), weights.FracBits);
        Assert.Null(weights.Scales);
    }

    [Fact]
    public void Sixteen_bits_fixed_point()
    {
        QuantizedWeights weights = WeightQuantization.Quantize(Vector(0.3f, -0.9f, 0.001f), 16, true, null, fixedPoint: true);
        Assert.Equal([9830, -29491, 33], weights.Values.Values);
        Assert.Equal(Bits(15), weights.FracBits);
    }

    [Fact]
    public void Scale_is_the_product_with_the_reciprocal()
    {
        float range = 0.3f;
        QuantizedWeights weights = WeightQuantization.Quantize(Vector(range), 4, true, -1);
        Assert.Equal(FromBits(0x3D2F8AFA), weights.Scales!.Values);
    }

    [Theory]
    [InlineData(1, 0x3F800000u)]
    [InlineData(2, 0x3EAAAAABu)]
    [InlineData(3, 0x3E124925u)]
    [InlineData(7, 0x3C010204u)]
    [InlineData(15, 0x38000100u)]
    public void Reciprocals_of_the_greatest_integer(int valueBits, uint bits) =>
        Assert.Equal(bits, BitConverter.SingleToUInt32Bits(Rounding.DivideByConstant(1f, (1 << valueBits) - 1)));

    [Fact]
    public void Floor_of_the_scales_is_float32() =>
        Assert.Equal(0x358637BDu, BitConverter.SingleToUInt32Bits(WeightQuantization.SmallestScale));

    [Fact]
    public void Depthwise_scales_keep_a_trailing_axis()
    {
        // Two positions of three channels.
        NdArray<float> kernel = new(new Shape(2, 1, 3, 1), [0.7f, -1.4f, 0.1f, 0.3f, 1f, -7f]);
        QuantizedWeights weights = WeightQuantization.Quantize(kernel, 4, true, -2);
        Assert.Equal(new Shape(3, 1), weights.Scales!.Shape);
        Assert.Equal([7, -7, 0, 3, 5, -7], weights.Values.Values);
        NdArray<float> again = WeightQuantization.Quantize(kernel, 4, true, 2).Scales!;
        Assert.Equal(weights.Scales.Shape, again.Shape);
        Assert.Equal(weights.Scales.Values, again.Values);
    }

    [Fact]
    public void Other_axes_share_the_last_axis_of_equal_length()
    {
        QuantizedWeights weights = WeightQuantization.Quantize(Matrix<float>([7, 3], [70, 10]), 4, true, 0);
        Assert.Equal([7 * (1f / 7), 70 * (1f / 7)], weights.Scales!.Values);
        Assert.Equal([7, 0, 7, 1], weights.Values.Values);
    }

    [Fact]
    public void Values_pushed_by_the_range_of_another_channel_saturate_below_zero_one_further()
    {
        QuantizedWeights weights = WeightQuantization.Quantize(Matrix<float>([7, 3], [-70, 70]), 4, true, 0);
        Assert.Equal([7, 0, -8, 7], weights.Values.Values);
    }

    [Fact]
    public void Errors()
    {
        Assert.Equal("WeightNotFinite", IdOf(() => WeightQuantization.Quantize(Vector(1, float.NaN), 4, true, -1)));
        Assert.Equal("WeightNotFinite", IdOf(() => WeightQuantization.Quantize(Vector(1, float.NegativeInfinity), 4, true, -1)));
        Assert.Equal("WeightAxisOutOfRange", IdOf(() => WeightQuantization.Quantize(Weights, 4, true, 2)));
        Assert.Equal("WeightAxisNotSupported", IdOf(() => WeightQuantization.Quantize(Weights, 4, true, 0)));
        Assert.Equal("BitwidthOutOfRange", IdOf(() => WeightQuantization.Quantize(Weights, 1, true, -1)));
        Assert.Equal("BitwidthOutOfRange", IdOf(() => WeightQuantization.Quantize(Weights, 0, false, -1)));
    }

    [Fact]
    public void Every_integer_is_that_of_its_weight_alone() =>
        (from bits in Gen.Int[2, 32]
         from columns in Gen.OneOf(Gen.Int[1, 9], Gen.Const(1500))
         from axis in Gen.OneOf<int?>(null, -1, 0)
         from fixedPoint in Gen.Bool
         let rows = axis == 0 ? columns : 3
         let weight = Gen.OneOf(Gen.Float[-3, 3], Gen.Int[-40, 40].Select(half => half / 2f), Gen.OneOf(0f, 3e38f, -3e38f, 1e-30f))
         from values in axis == 0 && columns > 9 ? weight.Array[9] : weight.Array[rows * columns]
         select (bits, columns: axis == 0 && columns > 9 ? 3 : columns, axis, fixedPoint, values)).Sample(
            given =>
            {
                NdArray<float> kernel = new(new Shape(given.values.Length / given.columns, given.columns), given.values);
                QuantizedWeights weights = WeightQuantization.Quantize(kernel, given.bits, true, given.axis, given.fixedPoint);
                Assert.Equal(
                    given.values.Select((value, i) => (int)(weights.Scales is { } scales
                        ? Rounding.Quantize(value / scales.Values[i % scales.Values.Length], given.bits - 1, 0)
                        : Rounding.Quantize(value, given.bits - 1, weights.FracBits[i % given.columns]))),
                    weights.Values.Values);
            },
            iter: 500);

    [Fact]
    public void A_diagonal_gives_what_the_whole_matrix_gives() =>
        (from bits in Gen.Int[2, 32]
         from signed in Gen.Bool
         from axis in Gen.OneOf<int?>(null, -1, -2, 0, 1, 3)
         from fixedPoint in Gen.Bool
         from isImage in Gen.Bool
         from factors in Gen.OneOf(Gen.Float[-3, 3], Gen.OneOf(0f, -0f, 1f, 1e30f)).Array[2, 20]
         select (bits: signed ? bits : bits - 1, signed, axis, fixedPoint, isImage, factors)).Sample(
            given =>
            {
                int size = given.factors.Length;
                NdArray<float> matrix = DiagonalMatrix.Of(given.factors);
                matrix = given.isImage ? matrix with { Shape = new Shape(1, 1, size, size) } : matrix;
                string? id = null;
                QuantizedWeights? expected = null;
                try
                {
                    expected = Quantize(matrix with { Values = matrix.Values });
                }
                catch (QuantException error)
                {
                    id = error.Id;
                }

                if (expected is null)
                {
                    Assert.Equal(id, IdOf(() => Quantize(matrix)));
                    return;
                }

                QuantizedWeights weights = Quantize(matrix);
                Assert.NotNull(weights.Values.Diagonal);
                Assert.Equal(expected.Values.Values, weights.Values.Values);
                Assert.Equal(expected.Values.Shape, weights.Values.Shape);
                Assert.Equal((expected.ValueBits, expected.FracBits), (weights.ValueBits, weights.FracBits));
                Assert.Equal(expected.Scales?.Shape, weights.Scales?.Shape);
                Assert.Equal(expected.Scales?.Values, weights.Scales?.Values);

                QuantizedWeights Quantize(NdArray<float> kernel) =>
                    WeightQuantization.Quantize(kernel, given.bits, given.signed, given.axis, given.fixedPoint);
            },
            iter: 500);

    [Fact]
    public void Every_channel_reaches_the_greatest_integer_and_stays_within_half_a_scale() =>
        Gen.Select(Gen.Int[2, 16], Gen.Float[-3, 3].Array[6], (bits, values) => (bits, values)).Sample(given =>
        {
            QuantizedWeights weights = WeightQuantization.Quantize(new NdArray<float>(new Shape(3, 2), given.values), given.bits, true, -1);
            int greatest = (1 << (given.bits - 1)) - 1;
            for (int channel = 0; channel < 2; channel++)
            {
                float scale = weights.Scales!.Values[channel];
                int[] integers = [.. Enumerable.Range(0, 3).Select(row => weights.Values.Values[(row * 2) + channel])];
                Assert.Equal(scale > WeightQuantization.SmallestScale ? greatest : integers.Max(Math.Abs), integers.Max(Math.Abs));
                for (int row = 0; row < 3; row++)
                {
                    Assert.True(Math.Abs(((double)integers[row] * scale) - given.values[(row * 2) + channel]) <= scale * 0.501);
                }
            }
        });

    private static void Check(int bitwidth, bool signed, int axis, int[] integers, float[] scales)
    {
        QuantizedWeights weights = WeightQuantization.Quantize(Weights, bitwidth, signed, axis);
        Assert.Equal(integers, weights.Values.Values);
        Assert.Equal(Weights.Shape, weights.Values.Shape);
        Assert.Equal(signed ? bitwidth - 1 : bitwidth, weights.ValueBits);
        Assert.Equal(Bits(0), weights.FracBits);

        Assert.Equal(scales, weights.Scales!.Values);
    }
}

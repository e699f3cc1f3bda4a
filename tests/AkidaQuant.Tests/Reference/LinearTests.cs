using System.Numerics;
using CsCheck;
using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Reference;

public sealed class LinearTests
{
    private static readonly FixedPoint PerAxis = Fixed([[1, 2], [3, 4]], 7, 1, 2);
    private static readonly FixedPoint PerTensor = Fixed([[1, 2], [3, 4]], 7, 3);

    [Fact]
    public void Only_the_final_sum_saturates()
    {
        Check(Linear.MatMul(Fixed([[100, 100]], 10, 1), Fixed([[100], [-90]], 7, 2)), [1000], 10, Bits(3));
        Check(Linear.MatMul(Fixed([[100, 100]], 10, 1), Fixed([[100], [90]], 7, 2)), [1023], 10, Bits(3));
    }

    [Fact]
    public void Sixteen_buffer_bits_saturate_a_dense_layer() => Check(
        Linear.MatMul(Fixed([[255, 255, 255, 255]], 15, 0), Fixed([[127], [127], [127], [127]], 7, 0)), [32767], 15, Bits(0));

    [Fact]
    public void Fractional_bits_of_columns_and_transpositions()
    {
        Check(Linear.MatMul(PerTensor, PerAxis), [7, 10, 15, 22], 7, BitsOf(4, 5));
        Check(Linear.MatMul(PerTensor, PerTensor, transposeLeft: true), [10, 14, 14, 20], 7, Bits(6));
        Check(Linear.MatMul(PerTensor, PerTensor, transposeRight: true), [5, 11, 11, 25], 7, Bits(6));
        Assert.Equal("AssertionPerTensor", IdOf(() => Linear.MatMul(PerAxis, PerTensor)));
        Assert.Equal("AssertionPerTensor", IdOf(() => Linear.MatMul(PerTensor, PerAxis, transposeRight: true)));
    }

    [Fact]
    public void Scales_of_products()
    {
        QFloat right = new(PerTensor, Scales(0.5f, 0.25f));
        Assert.Equal(right.Scales, Linear.MatMul(PerTensor, right).Scales);
        Assert.Equal(Scales(1, 0.5f), Linear.MatMul(new QFloat(PerTensor, 2f), right).Scales);
        Assert.Equal("AssertionPerTensor", IdOf(() => Linear.MatMul(right, right)));
        Assert.Equal("AssertionPerTensor", IdOf(() => Linear.MatMul(right, right, transposeLeft: true)));
        Assert.Equal("AssertionPerTensor", IdOf(() => Linear.MatMul(PerTensor, right, transposeRight: true)));
    }

    [Fact]
    public void Matrices_over_leading_axes()
    {
        FixedPoint batch = Fixed([2, 1, 2], [1, 2, 3, 4], 15, 0);
        FixedPoint result = Linear.MatMul(batch, Fixed([[1, 0], [0, 10]], 7, 0));
        Check(result, [1, 20, 3, 40], 15, Bits(0));
        Assert.Equal(new Shape(2, 1, 2), result.Shape);
    }

    [Fact]
    public void Shapes_that_do_not_fit()
    {
        Assert.Equal("MatrixRank", IdOf(() => Linear.MatMul(Fixed([1, 2], 7, 0), PerTensor)));
        Assert.Equal("MatrixSizes", IdOf(() => Linear.MatMul(PerTensor, Fixed([[1, 2]], 7, 0))));
    }

    [Fact]
    public void Products_equal_big_integers() =>
        Gen.Select(Gen.Long[-(1L << 31), 1L << 31].Array[6], Gen.Long[-(1L << 15), 1L << 15].Array[6]).Sample((a, b) =>
        {
            FixedPoint product = Linear.MatMul(Fixed([2, 3], a, 44, 0), Fixed([3, 2], b, 16, 0));
            for (int row = 0; row < 2; row++)
            {
                for (int column = 0; column < 2; column++)
                {
                    BigInteger sum = 0;
                    for (int k = 0; k < 3; k++)
                    {
                        sum += (BigInteger)a[(row * 3) + k] * b[(k * 2) + column];
                    }

                    BigInteger bound = BigInteger.Pow(2, 44);
                    Assert.Equal(BigInteger.Clamp(sum, -bound, bound - 1), product.Values.Values[(row * 2) + column]);
                }
            }
        });
}

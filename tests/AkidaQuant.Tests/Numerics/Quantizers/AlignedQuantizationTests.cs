using AkidaQuant.Numerics.Quantizers;
using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Numerics.Quantizers;

public sealed class AlignedQuantizationTests
{
    private static readonly NdArray<float> Bias = Vector(0.5f, -0.33f, 0, 3);
    private static readonly ScalarOrVector<float> BiasScales = Scales(0.01f, 0.02f, 0.05f, 0.001f);

    [Theory]
    [InlineData(8, 4, new long[] { 800, -264, 0, 48128 }, new[] { 3, 2, 0, 9 })]
    [InlineData(4, 4, new long[] { 1024, -512, 0, 49152 }, new[] { 10, 9, 7, 13 })]
    [InlineData(8, 0, new long[] { 50, -17, 0, 3008 }, new[] { 0, 0, 0, 5 })]
    public void Bias_of_channels(int bitwidth, int fracBits, long[] values, int[] shift)
    {
        AlignedTensor aligned = AlignedQuantization.Quantize(Bias, BiasScales, Bits(fracBits), 27, bitwidth, true);
        Assert.Equal(ScalarOrVector<long>.Vector(values), aligned.Values);
        Assert.Equal(BitsOf(shift), aligned.Shift);
    }

    [Fact]
    public void Fractional_bits_of_channels()
    {
        AlignedTensor aligned = AlignedQuantization.Quantize(Bias, BiasScales, BitsOf(0, 4, 6, 12), 27, 8, true);
        Assert.Equal(ScalarOrVector<long>.Vector([50, -264, 0, 12320768]), aligned.Values);
    }

    [Fact]
    public void Powers_of_two_saturate()
    {
        AlignedTensor aligned = AlignedQuantization.Quantize(Vector(1, 2, -1, 128, 0), Scale(1), Bits(10), 27, 8, true);
        Assert.Equal(ScalarOrVector<long>.Vector([127 << 3, 127 << 4, -128 << 3, 127 << 10, 0]), aligned.Values);
        Assert.Equal(BitsOf(3, 4, 3, 10, 3), aligned.Shift);
    }

    [Fact]
    public void Shifted_values_saturate_at_the_target()
    {
        AlignedTensor aligned = AlignedQuantization.Quantize(Vector(127 << 12, -(127 << 12)), Scale(1), Bits(0), 16, 8, true);
        Assert.Equal(BitsOf(12, 12), aligned.Shift);
        Assert.Equal(ScalarOrVector<long>.Vector([65535, -65536]), aligned.Values);
    }

    [Fact]
    public void Scalar_maximum_with_scales_of_channels()
    {
        AlignedTensor aligned = AlignedQuantization.Quantize(Scalar(6), Scales(0.01f, 0.02f, 0.05f), Bits(4), 32, 8, false);
        Assert.Equal(ScalarOrVector<long>.Vector([9600, 4800, 1920]), aligned.Values);
    }

    [Fact]
    public void Scalar_maximum_with_a_scalar_scale_is_scalar()
    {
        AlignedTensor aligned = AlignedQuantization.Quantize(Scalar(6), Scale(1), Bits(4), 32, 8, false);
        Assert.Equal(ScalarOrVector<long>.Scalar(96), aligned.Values);
        Assert.True(aligned.Shift.IsScalar);
    }

    [Theory]
    [InlineData(8, 127, true)]
    [InlineData(8, 127, false)]
    [InlineData(4, 112, true)]
    [InlineData(4, 112, false)]
    public void Padding_value(int bitwidth, long expected, bool constantScales)
    {
        AlignedTensor aligned = AlignedQuantization.Quantize(Scalar(0.5f), Scale(1f / 255), Bits(0), 27, bitwidth, true, constantScales);
        Assert.Equal(ScalarOrVector<long>.Scalar(expected), aligned.Values);
    }

    [Fact]
    public void Bias_with_the_scales_of_a_dense_layer()
    {
        AlignedTensor aligned = AlignedQuantization.Quantize(
            Vector(0.3f, -0.1f),
            ScalarOrVector<float>.Vector(FromBits(0x3D924925, 0x3D2F8AFA)),
            Bits(0),
            27,
            8,
            true);
        Assert.Equal(ScalarOrVector<long>.Vector([4, -2]), aligned.Values);
        Assert.Equal(BitsOf(0, 0), aligned.Shift);
    }

    [Fact]
    public void Four_bits_or_fewer_share_one_range_and_scalar_scales_one_shift()
    {
        AlignedTensor aligned = AlignedQuantization.Quantize(Vector(1, -3), Scale(0.5f), Bits(2), 27, 4, true);
        Assert.Equal(Bits(2), aligned.Shift);
        Assert.Equal(ScalarOrVector<long>.Vector([8, -24]), aligned.Values);
    }

    [Fact]
    public void Errors()
    {
        Assert.Equal("AssertionShift", IdOf(() => AlignedQuantization.Quantize(Vector(1e6f), Scale(1e-6f), Bits(0), 16, 8, true)));
        Assert.Equal("AlignedValueNotFinite", IdOf(() => AlignedQuantization.Quantize(Vector(float.NaN), Scale(1), Bits(0), 16, 8, true)));
        Assert.Equal(
            "AlignedRankNotSupported",
            IdOf(() => AlignedQuantization.Quantize(Matrix<float>([1]), Scale(1), Bits(0), 16, 8, true)));
        Assert.Equal("ScaleNotUsable", IdOf(() => AlignedQuantization.Quantize(Vector(1), Scale(0), Bits(0), 16, 8, true)));
        Assert.Equal("ChannelCountMismatch", IdOf(() => AlignedQuantization.Quantize(Vector(1, 2), Scales(1, 1, 1), Bits(0), 16, 8, true)));
    }
}

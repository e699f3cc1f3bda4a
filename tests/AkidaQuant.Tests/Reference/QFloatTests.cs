using AkidaQuant.Numerics.Quantizers;
using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Reference;

public sealed class QFloatTests
{
    private static readonly QFloat Example = new(Fixed([[1, 2, 3], [4, 5, 6]], 7, 2), Scales(0.1f, 0.2f, 0.3f));

    [Fact]
    public void Scales_of_shape_one_are_not_per_tensor_while_fractional_bits_are()
    {
        FixedPoint inner = new(Matrix<long>([1]), 7, BitsOf(2));
        Assert.True(new QFloat(inner, 0.5f).IsPerTensor);
        Assert.False(new QFloat(inner, Scales(0.5f)).IsPerTensor);
        Assert.False(new QFloat(Fixed([[1, 2]], 7, 1, 2), 0.5f).IsPerTensor);
    }

    [Fact]
    public void Scales_are_a_scalar_or_one_dimensional_but_for_axes_of_one()
    {
        FixedPoint inner = Fixed([[1, 2]], 7, 0);
        Assert.Equal(Scales(1, 2), QFloat.Create(inner, new NdArray<float>(new Shape(1, 2), [1, 2])).Scales);
        Assert.Equal(Scale(3), QFloat.Create(inner, new NdArray<float>(new Shape(1, 1), [3])).Scales);
        Assert.Equal("ScalesRank", IdOf(() => QFloat.Create(inner, new NdArray<float>(new Shape(2, 2), new float[4]))));
        Assert.Equal("ChannelCountMismatch", IdOf(() => _ = new QFloat(inner, Scales(1, 2, 3))));
    }

    [Fact]
    public void Optimal_scales() => Assert.Equal(Scales(0.14285715f, 0.71428573f), QFloat.OptimalScales(Scales(1, 5), 3));

    [Fact]
    public void Fractional_bits_of_scaled_ranges() =>
        Assert.Equal(BitsOf(0, 3), QFloat.MaxFracBits(7, Scales(1, 1), Scales(0.01f, 0.0625f)));

    [Fact]
    public void Quantize_divides_in_float32()
    {
        // -1 / 0.2857143 is -3.4999998 in float32, while exact arithmetic would meet a tie.
        QFloat quantized = QFloat.Quantize(Vector(-1, 2), 3, Scale(0.2857143f));
        Check(quantized.Inner, [-3, 7], 3, Bits(0));
        Check(QFloat.Quantize(Vector(1, 1), 7, Scales(0.5f, 0.25f), Bits(2)).Inner, [8, 16], 7, Bits(2));
        Assert.Equal("ScaleNotUsable", IdOf(() => QFloat.Quantize(Vector(1), 7, Scale(0))));
    }

    [Fact]
    public void Quantize_of_a_depthwise_kernel_keeps_its_shape()
    {
        QFloat kernel = QFloat.Quantize(new NdArray<float>(new Shape(1, 2, 2, 1), [1, 2, 3, 4]), 7, Scales(1, 2));
        Check(kernel.Inner, [1, 1, 3, 2], 7, Bits(0));
        Assert.Equal(new Shape(1, 2, 2, 1), kernel.Shape);
        Assert.Equal([1f, 2f, 3f, 4f], kernel.ToFloat().Values);
    }

    [Fact]
    public void Real_values_are_divided_then_scaled()
    {
        Assert.Equal([0.075f, -0.375f], new QFloat(Fixed([3, -5], 7, 2), Scales(0.1f, 0.3f)).ToFloat().Values);
        Assert.Equal("QFloat([0.75, -1.25])", new QFloat(Fixed([3, -5], 7, 2), 1f).ToString());
    }

    [Fact]
    public void To_fixed_point_saturates_at_the_value_bits_unless_promoted()
    {
        (FixedPoint result, QuantizedScales scales) = Example.ToFixedPoint();
        Check(result, [127, 127, 127, 127, 127, 127], 7, BitsOf(13, 12, 11));
        Assert.Equal(BitsOf(205, 205, 154), scales.Mantissas);
        Assert.Equal(BitsOf(11, 10, 9), scales.FracBits);
        Check(Example.Promote(32).ToFixedPoint().Result, [205, 410, 462, 820, 1025, 924], 32, BitsOf(13, 12, 11));
    }

    [Fact]
    public void Four_scale_bits()
    {
        (_, QuantizedScales scales) = Example.ToFixedPoint(4);
        Assert.Equal(BitsOf(13, 13, 10), scales.Mantissas);
        Assert.Equal(BitsOf(7, 6, 5), scales.FracBits);
    }

    [Fact]
    public void A_scale_of_one_is_applied_as_255_256ths() =>
        Check(new QFloat(Fixed([1000], 32, 0), 1f).ToFixedPoint().Result, [255000], 32, Bits(8));

    [Fact]
    public void Moving_the_binary_point_keeps_scales()
    {
        QFloat channels = new(Fixed([1, 2], 7, [1, 3]), Scales(0.5f, 0.25f));
        (QFloat expanded, ScalarOrVector<int> shift) = channels.Expand(27);
        Check(expanded.Inner, [4, 2], 27, Bits(3));
        Assert.Equal(channels.Scales, expanded.Scales);
        Assert.Equal(BitsOf(2, 0), shift);
        Check(Example.Upscale(Bits(4)).Result.Inner, [4, 8, 12, 16, 20, 24], 7, Bits(4));
        Assert.Equal("PromotionNarrows", IdOf(() => Example.Promote(6)));
        Assert.Equal("AssertionUpscale", IdOf(() => Example.Upscale(Bits(1))));
    }

    [Fact]
    public void Sums_need_equal_scales()
    {
        Check((Example + Example).Inner, [2, 4, 6, 8, 10, 12], 7, Bits(2));
        Check((Example - Example).Inner, [0, 0, 0, 0, 0, 0], 7, Bits(2));
        Assert.Equal("AssertionScales", IdOf(() => _ = Example + new QFloat(Example.Inner, 0.1f)));
        Assert.Equal("AssertionAligned", IdOf(() => _ = Example - new QFloat(Fixed([[1, 1, 1]], 7, 3), Example.Scales)));
    }

    [Fact]
    public void Division_by_a_constant_multiplies_the_scales_by_the_reciprocal()
    {
        Assert.Equal(Scale(1f * (1f / 9)), (new QFloat(Fixed([72], 15, 3), 1f) / 9).Scales);

        // 0.3 / 7 and 0.3 times the reciprocal of 7 differ in the last bit.
        Assert.Equal(0x3D2F8AFAu, BitConverter.SingleToUInt32Bits((new QFloat(Fixed([1], 7, 0), 0.3f) / 7).Scales[0]));
        Assert.Equal("AssertionDivisor", IdOf(() => _ = Example / 0));
    }

    [Fact]
    public void Indexing_takes_the_scales_of_the_channels()
    {
        Assert.Equal(Scales(0.2f, 0.3f), Example.SliceChannels(1..).Scales);
        Assert.Equal(Scale(0.3f), Example.Slice(IndexEntry.All, 2).Scales);
        Assert.Equal(Example.Scales, Example.Slice(1).Scales);
        Assert.Equal(Scale(1), new QFloat(Example.Inner, 1f).SliceChannels(1..).Scales);
    }
}

using AkidaQuant.Numerics.Quantizers;
using static AkidaQuant.Tests.Numerics.Arrays;

namespace AkidaQuant.Tests.Numerics;

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
        AlignedTensor aligned = AlignedQuantization.Quantize(Vector(0.3f, -0.1f), ScalarOrVector<float>.Vector(FromBits(0x3D924925, 0x3D2F8AFA)), Bits(0), 27, 8, true);
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
        Assert.Equal("AlignedRankNotSupported", IdOf(() => AlignedQuantization.Quantize(Matrix<float>([1]), Scale(1), Bits(0), 16, 8, true)));
        Assert.Equal("ScaleNotUsable", IdOf(() => AlignedQuantization.Quantize(Vector(1), Scale(0), Bits(0), 16, 8, true)));
        Assert.Equal("ChannelCountMismatch", IdOf(() => AlignedQuantization.Quantize(Vector(1, 2), Scales(1, 1, 1), Bits(0), 16, 8, true)));
    }
}

public sealed class ScaleQuantizationTests
{
    [Theory]
    [InlineData(1.0f, 255, 8)]
    [InlineData(0.5f, 255, 9)]
    [InlineData(0.25f, 255, 10)]
    [InlineData(0.3f, 154, 9)]
    [InlineData(1f / 127, 129, 14)]
    [InlineData(3f, 192, 6)]
    [InlineData(255f, 255, 0)]
    [InlineData(256f, 255, 0)]
    [InlineData(257f, 128, -1)]
    [InlineData(1e-6f, 134, 27)]
    public void Eight_bits(float scale, int mantissa, int fracBits)
    {
        QuantizedScales quantized = ScaleQuantization.Quantize(Scale(scale), 8);
        Assert.Equal(Bits(mantissa), quantized.Mantissas);
        Assert.Equal(Bits(fracBits), quantized.FracBits);
        Assert.Equal(8, quantized.ValueBits);
    }

    [Theory]
    [InlineData(8, new[] { 205, 205, 154 }, new[] { 11, 10, 9 })]
    [InlineData(4, new[] { 13, 13, 10 }, new[] { 7, 6, 5 })]
    public void Scales_of_channels(int scaleBits, int[] mantissas, int[] fracBits)
    {
        QuantizedScales quantized = ScaleQuantization.Quantize(Scales(0.1f, 0.2f, 0.3f), scaleBits);
        Assert.Equal(BitsOf(mantissas), quantized.Mantissas);
        Assert.Equal(BitsOf(fracBits), quantized.FracBits);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(1e-40f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Scales_that_cannot_be_used(float scale) => Assert.Equal("ScaleNotUsable", IdOf(() => ScaleQuantization.Quantize(Scale(scale), 8)));

    [Fact]
    public void The_least_normal_scale_keeps_its_mantissa()
    {
        QuantizedScales quantized = ScaleQuantization.Quantize(Scale(1.5f * MathF.ScaleB(1, -126)), 8);
        Assert.Equal(Bits(192), quantized.Mantissas);
        Assert.Equal(Bits(133), quantized.FracBits);
    }

    [Fact]
    public void Bits_out_of_range() => Assert.Equal("ScaleBitsOutOfRange", IdOf(() => ScaleQuantization.Quantize(Scale(1), 0)));
}

public sealed class InputQuantizationTests
{
    private static readonly float[] Inputs = [-1.5f, -1, -0.3f, 0, 0.004f, 0.5f, 0.99f, 1, 2];

    [Theory]
    [InlineData(8, true, -1f, 1f, new[] { -128, -128, -38, 0, 1, 64, 127, 127, 127 }, 7, null)]
    [InlineData(8, true, 0f, 1f, new[] { -128, -128, -38, 0, 1, 64, 127, 127, 127 }, 7, null)]
    [InlineData(8, true, 0f, 0f, new[] { -128, -128, -38, 0, 1, 64, 127, 127, 127 }, 7, null)]
    [InlineData(8, true, -3f, 1f, new[] { -48, -32, -10, 0, 0, 16, 32, 32, 64 }, 5, null)]
    [InlineData(4, true, -3f, 1f, new[] { -3, -2, -1, 0, 0, 1, 2, 2, 4 }, 1, null)]
    [InlineData(8, false, -1f, 1f, new[] { -64, 0, 90, 128, 129, 192, 255, 255, 255 }, 7, 128)]
    [InlineData(8, false, 0f, 1f, new[] { -256, -256, -77, 0, 1, 128, 253, 255, 255 }, 8, 0)]
    [InlineData(8, false, -0.25f, 0.7f, new[] { -192, -192, -13, 64, 65, 192, 255, 255, 255 }, 8, 64)]
    [InlineData(8, false, -1f, 0f, new[] { -1, -1, 178, 255, 255, 255, 255, 255, 255 }, 8, 255)]
    [InlineData(8, false, 0f, 255f, new[] { -2, -1, 0, 0, 0, 0, 1, 1, 2 }, 0, 0)]
    public void One_range(int bitwidth, bool signed, float min, float max, int[] values, int fracBits, int? zeroPoint)
    {
        InputStage stage = InputQuantization.Derive(Scalar(min), Scalar(max), bitwidth, signed, "input");
        Assert.Equal(Bits(fracBits), stage.FracBits);
        Assert.Equal(zeroPoint is { } zero ? Bits(zero) : null, stage.ZeroPoint);
        Assert.Equal(values, Array.ConvertAll(Inputs, x => stage.Quantize(x)));
    }

    [Fact]
    public void Ranges_of_channels()
    {
        InputStage stage = InputQuantization.Derive(Vector(-0.5f, 0, -3), Vector(0.5f, 1, 3), 8, false, "input");
        Assert.Equal(BitsOf(8, 8, 5), stage.FracBits);
        Assert.Equal(BitsOf(128, 0, 96), stage.ZeroPoint);
        float[] inputs = [-0.5f, 0.2f, 3, 0.5f, 1, -3];
        Assert.Equal([0, 51, 192, 255, 255, 0], inputs.Select((x, i) => stage.Quantize(x, i % 3)));
    }

    [Fact]
    public void Errors()
    {
        Assert.Equal("AssertionRangeOrder", IdOf(() => InputQuantization.Derive(Scalar(2), Scalar(1), 8, true, "input")));
        Assert.Equal("AssertionRangeMinimum", IdOf(() => InputQuantization.Derive(Scalar(0.5f), Scalar(1), 8, false, "input")));
        Assert.Equal("RangeNotUsable", IdOf(() => InputQuantization.Derive(Scalar(float.NaN), Scalar(1), 8, true, "input")));
        Assert.Equal("RangeNotUsable", IdOf(() => InputQuantization.Derive(Scalar(0), Scalar(float.PositiveInfinity), 8, true, "input")));
        QuantException exception = Assert.Throws<QuantException>(() => InputQuantization.Derive(Scalar(2), Scalar(1), 8, true, "entry"));
        Assert.Equal("entry", exception.Target);
        Assert.Contains("'entry'", exception.Message, StringComparison.Ordinal);
        Assert.Equal("ValueNotANumber", IdOf(() => InputQuantization.Derive(Scalar(0), Scalar(1), 8, true, "input").Quantize(float.NaN)));
    }
}

public sealed class MovingMaximumTests
{
    [Fact]
    public void First_batch_as_it_is_then_a_moving_average()
    {
        MovingMaximum maximum = new(1);
        Assert.Equal([1f], maximum.Values);
        float[] expected = [3, 2.9f, 3.6100001f];
        float[] batches = [3, 2, 10];
        for (int i = 0; i < batches.Length; i++)
        {
            maximum.Update([batches[i]]);
            Assert.Equal(expected[i], maximum.Values[0]);
        }
    }

    [Fact]
    public void A_range_of_exactly_one_counts_as_fresh()
    {
        MovingMaximum maximum = new(1);
        maximum.Update([1]);
        maximum.Update([5]);
        Assert.Equal([5f], maximum.Values);
    }

    [Fact]
    public void Serves_minima()
    {
        MovingMaximum minimum = new(1);
        minimum.Update([-2]);
        minimum.Update([-1]);
        Assert.Equal([-1.9f], minimum.Values);
    }

    [Fact]
    public void One_channel_that_differs_from_one_puts_all_in_averaging_mode()
    {
        MovingMaximum maximum = new(2);
        maximum.Update([1, 2]);
        maximum.Update([3, 3]);
        Assert.Equal([1.2f, 2.1f], maximum.Values);
    }

    [Fact]
    public void Decay_is_rounded_once_from_double()
    {
        MovingMaximum maximum = new(1);
        maximum.Update([0]);
        maximum.Update([-1]);
        Assert.Equal(0x3DCCCCCDu, BitConverter.SingleToUInt32Bits(-maximum.Values[0]));
    }

    [Fact]
    public void Channels_must_fit() => Assert.Equal("ChannelCountMismatch", IdOf(() => new MovingMaximum(2).Update([1])));
}

using AkidaQuant.Numerics.Quantizers;
using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Numerics.Quantizers;

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
    public void Scales_that_cannot_be_used(float scale) =>
        Assert.Equal("ScaleNotUsable", IdOf(() => ScaleQuantization.Quantize(Scale(scale), 8)));

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

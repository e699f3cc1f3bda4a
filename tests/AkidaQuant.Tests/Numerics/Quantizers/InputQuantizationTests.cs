using AkidaQuant.Numerics.Quantizers;
using AkidaQuant.Tests.Reference;

using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Numerics.Quantizers;

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

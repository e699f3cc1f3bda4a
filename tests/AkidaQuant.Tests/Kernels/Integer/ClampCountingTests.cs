using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class ClampCountingTests
{
    private static readonly Gen<float[]> Samples = Gen.OneOf(
        Gen.Int[-2200, 2200].Select(quarter => quarter / 4f),
        Gen.Float[-400, 400],
        Gen.OneOf(float.MaxValue, float.MinValue, 0f, -0f, float.Epsilon)).Array[0, 3000];

    [Fact]
    public void Values_that_round_beyond_the_integers_count_and_one_step_above_them_does_not() =>
        (from channels in Gen.Int[1, 5]
         from bits in Gen.OneOf(3, 7, 8)
         from exponents in Gen.Int[-3, 3].Array[channels]
         from zeroPoints in Cases.Optional(Gen.Int[0, 255].Array[channels])
         from samples in Samples
         select (channels, bits, exponents, zeroPoints, samples)).Sample((channels, bits, exponents, zeroPoints, samples) =>
         {
             float[] scales = Array.ConvertAll(exponents, exponent => MathF.ScaleB(1, exponent));
             bool isUnsigned = zeroPoints is not null;
             SampleQuantization quantization = new(channels, scales, zeroPoints, bits, isUnsigned);
             samples = samples[..(samples.Length / channels * channels)];
             int expected = samples.Where((value, i) =>
             {
                 double rounded = Math.Round((double)(value * scales[i % channels]), MidpointRounding.ToEven)
                     + (zeroPoints?[i % channels] ?? 0);
                 return rounded < (isUnsigned ? 0 : -(1 << bits)) || rounded > 1 << bits;
             }).Count();
             Assert.Equal(expected, quantization.CreateClampCounting(1).Count(samples));
         });

    [Fact]
    public void Quotients_that_round_beyond_the_integers_count() =>
        (from channels in Gen.Int[1, 5]
         from divisors in Gen.Float[0.01f, 3].Array[channels]
         from zeroPoints in Gen.Int[0, 255].Array[channels]
         from samples in Samples
         select (channels, divisors, zeroPoints, samples)).Sample((channels, divisors, zeroPoints, samples) =>
         {
             LinearQuantization quantization = new(divisors, zeroPoints, new ValueRange(0, 255));
             samples = samples[..(samples.Length / channels * channels)];
             int expected = samples.Where((value, i) =>
                 Math.Round((double)(value / divisors[i % channels]), MidpointRounding.ToEven) + zeroPoints[i % channels] is < 0 or > 255)
                 .Count();
             Assert.Equal(expected, quantization.CreateClampCounting(1).Count(samples));
         });

    /// <summary>The last floats that are kept, and those next to them.</summary>
    [Theory]
    [InlineData(-128.5f, 0)]
    [InlineData(-128.50002f, 1)]
    [InlineData(127.5f, 0)]
    [InlineData(128f, 0)]
    [InlineData(128.5f, 0)]
    [InlineData(128.50002f, 1)]
    public void Borders_are_those_of_rounding(float value, int clamped)
    {
        ClampCounting counting = new SampleQuantization(1, [1f], null, 7).CreateClampCounting(1);
        Assert.Equal(clamped, counting.Count([value]));
        Assert.Equal(37 * clamped, counting.Count([.. Enumerable.Repeat(value, 37)]));
        Assert.Equal(5000 * clamped, counting.Count([.. Enumerable.Repeat(value, 5000)]));
    }

    [Fact]
    public void Channels_that_come_first_have_their_own_bounds()
    {
        ClampCounting counting = new SampleQuantization(2, [1f, 4f], null, 7).CreateClampCounting(3);
        float[] sample = [100, 100, 200, 100, 30, -40];
        Assert.Equal(3, counting.Count(sample));
        Assert.Equal(3000, counting.Count([.. Enumerable.Repeat(sample, 1000).SelectMany(values => values)]));
    }
}

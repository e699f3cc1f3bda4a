using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Quantization;

public sealed class RandomSamplesTests
{
    [Fact]
    public void Bytes_are_those_of_numpy() =>
        Assert.Equal([217, 163, 130, 69, 78, 10, 19, 4, 44, 208], Integers(RandomSamples.Create(new Shape(5), 2, IntegerType.UInt8, 0)));

    [Fact]
    public void Signed_bytes_are_those_of_numpy() =>
        Assert.Equal(
            [89, 35, 2, -59, -50, -118, -109, -124, -84, 80],
            Integers(RandomSamples.Create(new Shape(5), 2, IntegerType.Int8, 0)));

    [Fact]
    public void Bounds_are_inclusive() =>
        Assert.Equal([7, 6, 5, 4, 4, 3], Integers(RandomSamples.Create(new Shape(3), 2, IntegerType.UInt8, 3, 7, 0)));

    [Fact]
    public void Another_seed_gives_other_samples() =>
        Assert.Equal([207, 21, 45, 60, 46, 205], Integers(RandomSamples.Create(new Shape(28, 28, 3), 1, IntegerType.UInt8, 3))[..6]);

    [Fact]
    public void Floats_are_those_of_numpy() =>
        Assert.Equal(
            [0.6369617f, 0.26978672f, 0.040973525f, 0.016527636f, 0.8132702f], Floats(RandomSamples.CreateFloats(new Shape(5), 1, 0)));

    [Fact]
    public void Bounds_may_differ_along_the_last_axis()
    {
        double[] unit = [.. Floats(RandomSamples.CreateFloats(new Shape(2), 50, 7)).Select(value => (double)value)];
        float[] found = Floats(RandomSamples.CreateFloats(
            new Shape(2), 50, 7, ScalarOrVector<double>.Vector([0, 100]), ScalarOrVector<double>.Vector([1, 101])));
        for (int i = 0; i < found.Length; i++)
        {
            Assert.Equal(unit[i] + (i % 2 * 100), found[i], 1e-4);
        }
    }

    [Fact]
    public void Samples_without_a_seed_differ() =>
        Assert.NotEqual(
            Integers(RandomSamples.Create(new Shape(64), 1, IntegerType.UInt16, null)),
            Integers(RandomSamples.Create(new Shape(64), 1, IntegerType.UInt16, null)));

    [Fact]
    public void Whole_ranges_of_32_bits_are_drawn()
    {
        long[] values = Integers(RandomSamples.Create(new Shape(1000), 1, IntegerType.Int32, 1));
        Assert.Contains(values, value => value < -1_500_000_000);
        Assert.Contains(values, value => value > 1_500_000_000);
    }

    [Fact]
    public void Shapes_and_bounds_that_make_no_sense_are_refused()
    {
        QuantException error = Assert.Throws<QuantException>(() =>
            RandomSamples.Create(new Shape(4, Shape.Unknown), 1, IntegerType.UInt8, 0));
        Assert.Equal("SampleShapeInvalid", error.Id);
        Assert.Contains("dimension 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            "SampleRangeInvalid",
            Assert.Throws<QuantException>(() => RandomSamples.Create(new Shape(4), 1, IntegerType.UInt8, -1, 3, 0)).Id);
        Assert.Equal("SampleSetEmpty", Assert.Throws<QuantException>(() => RandomSamples.Create(new Shape(4), 0, IntegerType.UInt8, 0)).Id);
    }

    [Fact]
    public void Floats_within_bounds_are_those_of_numpy_stretched()
    {
        double[] unit = [.. Floats(RandomSamples.CreateFloats(new Shape(5), 20, 4)).Select(value => (double)value)];
        float[] found = Floats(RandomSamples.CreateWithin(new Shape(5), 20, null, -3, 5, 4));
        for (int i = 0; i < found.Length; i++)
        {
            Assert.Equal((unit[i] * 8) - 3, found[i], 1e-5);
        }
    }

    [Fact]
    public void Integers_within_bounds_reach_both_and_a_missing_one_is_that_of_the_type()
    {
        Assert.Equal(
            [7, 6, 5, 4, 4, 3], Integers(RandomSamples.CreateWithin(new Shape(3), 2, IntegerType.UInt8, 3, 7, 0)));
        Assert.Equal(
            Integers(RandomSamples.Create(new Shape(3), 9, IntegerType.UInt32, 5)),
            Integers(RandomSamples.CreateWithin(new Shape(3), 9, IntegerType.UInt32, 0, null, 5)));
    }

    [Theory]
    [InlineData(null, 1.0, 1.0)]
    [InlineData(null, 1.0, null)]
    [InlineData(null, double.NaN, 1.0)]
    [InlineData(null, 0.0, 4e38)]
    [InlineData(IntegerType.Int8, 0.5, 3.0)]
    [InlineData(IntegerType.Int8, -129.0, 3.0)]
    [InlineData(IntegerType.UInt32, 0.0, 4294967296.0)]
    public void Bounds_that_hold_nothing_are_refused(IntegerType? type, double? min, double? max)
    {
        QuantException error = Assert.Throws<QuantException>(() => RandomSamples.CreateWithin(new Shape(4), 1, type, min, max, 0));
        Assert.Equal("SampleRangeInvalid", error.Id);
    }

    private static long[] Integers(SampleSet samples)
    {
        long[] values = new long[samples.Count * samples.SampleShape.Size];
        samples.CopyTo(0, samples.Count, values);
        return values;
    }

    private static float[] Floats(SampleSet samples)
    {
        float[] values = new float[samples.Count * samples.SampleShape.Size];
        samples.CopyTo(0, samples.Count, values);
        return values;
    }
}

using AkidaQuant.Formats.Descriptions;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Formats.Descriptions;

/// <summary>Initializers of Keras, by what their values have in common.</summary>
public sealed class InitializerTests
{
    private static readonly Shape Shape = new(5, 5, 40, 100);

    // Of 100,000 values the mean of a distribution of deviation 1 is off by more than this once in many thousands.
    private const double Tolerance = 0.015;

    [Theory]
    [InlineData("glorot_uniform", 1, 1000 + 2500)]
    [InlineData("GlorotUniform", 1, 1000 + 2500)]
    [InlineData("he_uniform", 2, 2 * 1000)]
    [InlineData("lecun_uniform", 1, 2 * 1000)]
    public void Uniform_values_fill_the_limits_of_their_fans(string name, double scale, double bothFans)
    {
        double limit = Math.Sqrt(6 * scale / bothFans);
        float[] values = Fill(name);
        Assert.InRange(values.Max(), limit * 0.999, limit);
        Assert.InRange(values.Min(), -limit, -limit * 0.999);
        AssertMoments(values, 0, limit / Math.Sqrt(3));
    }

    [Theory]
    [InlineData("glorot_normal", 1, 1000 + 2500)]
    [InlineData("he_normal", 2, 2 * 1000)]
    [InlineData("lecun_normal", 1, 2 * 1000)]
    [InlineData("variance_scaling", 1, 2 * 1000)]
    public void Normal_values_of_fans_keep_their_variance_although_cut_off(string name, double scale, double bothFans)
    {
        double deviation = Math.Sqrt(2 * scale / bothFans);
        float[] values = Fill(name);
        Assert.InRange(values.Max(), 2.2 * deviation, 2 * deviation / 0.8796);
        AssertMoments(values, 0, deviation);
    }

    [Fact]
    public void Normal_values_have_their_mean_and_deviation()
    {
        float[] values = Fill(Of("random_normal", ("mean", 3L), ("stddev", 2.0)));
        AssertMoments(values, 3, 2);

        // The shares of the standard normal distribution within one and two deviations.
        Assert.Equal(0.6827, values.Count(value => Math.Abs(value - 3) < 2) / (double)values.Length, 0.01);
        Assert.Equal(0.9545, values.Count(value => Math.Abs(value - 3) < 4) / (double)values.Length, 0.01);
        Assert.InRange(values.Max(), 9, 15);
        Assert.InRange(Fill(Of("truncated_normal", ("stddev", 1L))).Max(), 1.99, 2);
    }

    [Fact]
    public void Values_that_are_not_random_are_what_they_say()
    {
        Assert.All(Fill("zeros"), value => Assert.Equal(0f, value));
        Assert.All(Fill("ones"), value => Assert.Equal(1f, value));
        Assert.All(Fill(Of("constant", ("value", 0.25))), value => Assert.Equal(0.25f, value));
        Assert.Equal([2f, 0f, 0f, 0f, 2f, 0f], Fill(Of("identity", ("gain", 2L)), new Shape(2, 3)));
        Assert.Throws<QuantException>(() => Fill("identity"));
    }

    [Theory]
    [InlineData(20, 7)]
    [InlineData(7, 20)]
    [InlineData(9, 9)]
    public void Orthogonal_values_are_at_right_angles(int rows, int columns)
    {
        float[] values = Fill("orthogonal", new Shape(rows, columns));
        int count = Math.Min(rows, columns);
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double product = Enumerable.Range(0, Math.Max(rows, columns)).Sum(k => (double)At(i, k) * At(j, k));
                Assert.Equal(i == j ? 1 : 0, product, 1e-5);
            }
        }

        float At(int vector, int place) => rows < columns ? values[(vector * columns) + place] : values[(place * columns) + vector];
    }

    [Fact]
    public void A_seed_of_its_own_is_part_of_an_initializer()
    {
        Assert.Equal(5ul, Read(Of("he_normal", ("seed", 5L))).Seed);
        Assert.Null(Read("he_normal").Seed);
    }

    [Fact]
    public void Filling_stops_when_nobody_waits_any_more()
    {
        RandomSource random = new(new NumpyGenerator(1UL), new CancellationToken(canceled: true));
        Assert.Throws<OperationCanceledException>(() => Read("he_normal").Fill(Shape, random));
    }

    private static void AssertMoments(float[] values, double mean, double deviation)
    {
        Assert.Equal(mean, values.Average(), Tolerance * deviation);
        Assert.Equal(1, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))) / deviation, Tolerance);
    }

    private static OrderedDictionary<string, object?> Of(string name, params (string Key, object? Value)[] settings)
    {
        OrderedDictionary<string, object?> config = [];
        foreach ((string key, object? value) in settings)
        {
            config[key] = value;
        }

        return new OrderedDictionary<string, object?> { [name] = config };
    }

    private static WeightInitializer Read(object value) =>
        InitializerReader.Read(value, problem => new QuantException("X", default, problem));

    private static float[] Fill(object value, Shape? shape = null) =>
        Read(value).Fill(shape ?? Shape, new RandomSource(new NumpyGenerator(1UL), CancellationToken.None));
}

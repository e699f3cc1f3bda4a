namespace AkidaQuant.Formats.Descriptions;

/// <summary>A setting of an initializer.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Default">Its default.</param>
/// <param name="Expected">What it must be, for errors.</param>
/// <param name="Accepts">Whether a value is that.</param>
internal sealed record InitializerSetting(string Key, object? Default, string Expected, Func<object?, bool> Accepts);

/// <summary>A way to fill new weights: the initializers of Keras, with its defaults.</summary>
/// <param name="Name">The class of Keras.</param>
/// <param name="Settings">Its settings, in the order of Keras.</param>
/// <param name="Fill">Makes the values of a shape.</param>
internal sealed record InitializerClass(
    string Name, IReadOnlyList<InitializerSetting> Settings, Func<WeightInitializer, Shape, RandomSource, float[]> Fill)
{
    private const string FanIn = "fan_in";
    private const string FanOut = "fan_out";
    private const string FanAverage = "fan_avg";
    private const string Uniform = "uniform";
    private const string Normal = "truncated_normal";
    private const string Untruncated = "untruncated_normal";

    // The standard deviation that a normal distribution of 1 keeps when it is cut off at 2 on both sides.
    private const double TruncatedDeviation = 0.87962566103423978;

    private static readonly InitializerSetting Seed =
        new("seed", null, "an integer from 0 on", value => value is null or long and >= 0);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<InitializerClass> All { get; } =
    [
        new("Zeros", [], (_, shape, _) => new float[shape.Size]),
        new("Ones", [], (_, shape, _) => Filled(shape, 1)),
        new("Constant", [Number("value", 0.0)], (own, shape, _) => Filled(shape, own.Number("value"))),
        new("RandomUniform", [Number("minval", -0.05), Number("maxval", 0.05), Seed], (own, shape, random) =>
            RandomValues.Uniform(shape, own.Number("minval"), own.Number("maxval"), random)),
        new("RandomNormal", [Number("mean", 0.0), Deviation("stddev"), Seed], (own, shape, random) =>
            RandomValues.Normal(shape, own.Number("mean"), own.Number("stddev"), random)),
        new("TruncatedNormal", [Number("mean", 0.0), Deviation("stddev"), Seed], (own, shape, random) =>
            RandomValues.TruncatedNormal(shape, own.Number("mean"), own.Number("stddev"), random)),
        new(
            "VarianceScaling",
            [Positive("scale", 1.0), OneOf("mode", FanIn, FanOut, FanAverage), OneOf("distribution", Normal, Untruncated, Uniform), Seed],
            (own, shape, random) => Scaled(shape, own.Number("scale"), own.Text("mode"), own.Text("distribution"), random)),
        Scaling("GlorotUniform", 1, FanAverage, Uniform),
        Scaling("GlorotNormal", 1, FanAverage, Normal),
        Scaling("HeUniform", 2, FanIn, Uniform),
        Scaling("HeNormal", 2, FanIn, Normal),
        Scaling("LecunUniform", 1, FanIn, Uniform),
        Scaling("LecunNormal", 1, FanIn, Normal),
        new("Orthogonal", [Number("gain", 1.0), Seed], (own, shape, random) => Rotation.Fill(shape, own.Number("gain"), random)),
        new("Identity", [Number("gain", 1.0)], (own, shape, _) => Diagonal(shape, own.Number("gain"))),
    ];

    private static InitializerClass Scaling(string name, double scale, string mode, string distribution) =>
        new(name, [Seed], (_, shape, random) => Scaled(shape, scale, mode, distribution, random));

    private static InitializerSetting Number(string key, double value) => new(key, value, "a number", IsNumber);

    private static InitializerSetting Positive(string key, double value) =>
        new(key, value, "a number above 0", given => IsNumber(given) && given is > 0L or > 0.0);

    private static InitializerSetting Deviation(string key) =>
        new(key, 0.05, "a number from 0 on", given => IsNumber(given) && given is >= 0L or >= 0.0);

    private static InitializerSetting OneOf(string key, params string[] choices) =>
        new(key, choices[0], $"one of {string.Join(", ", choices)}", given => given is string text && choices.Contains(text));

    private static bool IsNumber(object? value) => value is long || (value is double number && double.IsFinite(number));

    private static float[] Filled(Shape shape, double value)
    {
        float[] values = new float[shape.Size];
        Array.Fill(values, (float)value);
        return values;
    }

    /// <summary>Values of a variance that keeps that of the layer's input, its output, or the mean of both.</summary>
    private static float[] Scaled(Shape shape, double scale, string mode, string distribution, RandomSource random)
    {
        (double fanIn, double fanOut) = Fans(shape);
        double fan = mode switch { FanIn => fanIn, FanOut => fanOut, _ => (fanIn + fanOut) / 2 };
        double variance = scale / Math.Max(1, fan);
        if (distribution == Uniform)
        {
            double limit = Math.Sqrt(3 * variance);
            return RandomValues.Uniform(shape, -limit, limit, random);
        }

        return distribution == Normal
            ? RandomValues.TruncatedNormal(shape, 0, Math.Sqrt(variance) / TruncatedDeviation, random)
            : RandomValues.Normal(shape, 0, Math.Sqrt(variance), random);
    }

    /// <summary>The values that an output, and an input, of a layer meets: the last two axes, times the cells of the kernel.</summary>
    private static (double In, double Out) Fans(Shape shape) => shape.Rank switch
    {
        0 => (1, 1),
        1 => (shape[0], shape[0]),
        _ => (Product(shape, shape.Rank - 2) * shape[^2], Product(shape, shape.Rank - 2) * shape[^1]),
    };

    private static double Product(Shape shape, int axes) => shape.Take(axes).Aggregate(1.0, (product, dimension) => product * dimension);

    private static float[] Diagonal(Shape shape, double gain)
    {
        if (shape.Rank != 2)
        {
            throw new QuantException(
                "LayerArgumentInvalid",
                QuantErrorKind.InvalidData,
                $"The initializer identity fills matrices only, and the weights have the shape {shape}. Take another one.");
        }

        float[] values = new float[shape.Size];
        for (int i = 0; i < Math.Min(shape[0], shape[1]); i++)
        {
            values[(i * shape[1]) + i] = (float)gain;
        }

        return values;
    }
}

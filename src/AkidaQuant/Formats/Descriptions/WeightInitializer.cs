using System.Globalization;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>An initializer with its settings.</summary>
/// <param name="Class">What it does.</param>
/// <param name="Settings">All settings of it, in the order of Keras.</param>
internal sealed record WeightInitializer(InitializerClass Class, IReadOnlyDictionary<string, object?> Settings)
{
    /// <summary>The seed of its own; null for that of the network.</summary>
    public ulong? Seed => Settings.GetValueOrDefault("seed") is long seed ? (ulong)seed : null;

    /// <summary>New values of a shape.</summary>
    /// <exception cref="QuantException">The shape is not one that it can fill.</exception>
    public float[] Fill(Shape shape, RandomSource random) => Class.Fill(this, shape, random);

    /// <summary>A setting that is a number.</summary>
    public double Number(string key) => Convert.ToDouble(Settings[key], CultureInfo.InvariantCulture);

    /// <summary>A setting that is a text.</summary>
    public string Text(string key) => (string)Settings[key]!;
}

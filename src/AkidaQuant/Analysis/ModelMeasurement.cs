using System.Globalization;
using AkidaQuant.Akida;

namespace AkidaQuant.Analysis;

/// <summary>The share of samples whose label is among the <paramref name="K"/> greatest outputs.</summary>
/// <param name="K">How many outputs count.</param>
/// <param name="Correct">The number of such samples.</param>
/// <param name="Accuracy">Their share, 0 to 1.</param>
public sealed record TopAccuracy(int K, int Correct, double Accuracy)
{
    /// <summary>The number of outputs and the share: <c>3: 0.985</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{K}: {Accuracy:0.0###}");
}

/// <summary>How well and how fast a classifier did on labelled samples.</summary>
public record ModelMeasurement
{
    /// <summary>The name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// What the model is: <c>float</c>, <c>quantized</c>, <c>Akida 1.0</c> or <c>Akida 2.0</c>; null where only outputs are known.
    /// </summary>
    public string? Kind { get; init; }

    /// <summary>Bits of weights and of activations, as <c>8/8</c> or, where layers differ, <c>4-8/4</c>; null for a float model.</summary>
    public string? Bits { get; init; }

    /// <summary>Where the samples come from.</summary>
    public string? Source { get; init; }

    /// <summary>The number of samples.</summary>
    public required int Count { get; init; }

    /// <summary>The number of samples whose greatest output is that of their label; null where nothing was compared with labels.</summary>
    public required int? Correct { get; init; }

    /// <summary>
    /// The number of samples whose greatest output is below the threshold that was asked for: they have no class, and none of the counts
    /// below has them.
    /// </summary>
    public int Rejected { get; init; }

    /// <summary>The share of correct samples, 0 to 1; null where nothing was compared with labels.</summary>
    public double? Accuracy => (double?)Correct / Count;

    /// <summary>The shares for more than one guess, as asked for.</summary>
    public required ValueList<TopAccuracy> TopK { get; init; }

    /// <summary>Which classes were taken for which; null where nothing was compared with labels.</summary>
    public required ConfusionMatrix? Confusion { get; init; }

    /// <summary>
    /// The share of zeros in the outputs of each layer of an Akida model (akida-model.md 3.10); empty when it was not asked for.
    /// </summary>
    public ValueList<LayerSparsity> Sparsity { get; init; } = [];

    /// <summary>The time that the model took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The number of samples for each second of it.</summary>
    public double SamplesPerSecond => Count / Duration.TotalSeconds;

    /// <summary>The model and its accuracy: <c>lenet (quantized 8/8): 950 of 1000</c>.</summary>
    public sealed override string ToString()
    {
        string kind = Kind is null ? string.Empty : Bits is null ? $" ({Kind})" : $" ({Kind} {Bits})";
        string result = Correct is { } correct
            ? string.Create(CultureInfo.InvariantCulture, $"{correct} of {Count}")
            : string.Create(CultureInfo.InvariantCulture, $"{Count} samples");
        return Printable.Of($"{Model}{kind}: {result}");
    }
}

/// <summary>How well and how fast an Akida model did on labelled samples.</summary>
public sealed record AkidaMeasurement : ModelMeasurement
{
    /// <summary>The values of samples that the Quantizer at the beginning clamped to its range (convert.md 8.4).</summary>
    public long Clamped { get; init; }

    /// <summary>All values of the samples.</summary>
    public long Values { get; init; }

    /// <summary>The share of clamped values, 0 to 1.</summary>
    public double ClampedShare => Values == 0 ? 0 : (double)Clamped / Values;
}

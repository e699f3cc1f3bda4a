using AkidaQuant.Akida;

namespace AkidaQuant.Analysis;

/// <summary>The share of samples whose label is among the <paramref name="K"/> greatest outputs.</summary>
/// <param name="K">How many outputs count.</param>
/// <param name="Correct">The number of such samples.</param>
/// <param name="Accuracy">Their share, 0 to 1.</param>
public sealed record TopAccuracy(int K, int Correct, double Accuracy);

/// <summary>How well and how fast a classifier did on labelled samples.</summary>
public record ModelMeasurement
{
    /// <summary>The name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The number of samples.</summary>
    public required int Count { get; init; }

    /// <summary>The number of samples whose greatest output is that of their label.</summary>
    public required int Correct { get; init; }

    /// <summary>The share of correct samples, 0 to 1.</summary>
    public double Accuracy => (double)Correct / Count;

    /// <summary>The shares for more than one guess, as asked for.</summary>
    public required IReadOnlyList<TopAccuracy> TopK { get; init; }

    /// <summary>Which classes were taken for which.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>The time that the model took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The number of samples for each second of it.</summary>
    public double SamplesPerSecond => Count / Duration.TotalSeconds;
}

/// <summary>How well and how fast an Akida model did on labelled samples.</summary>
public sealed record AkidaMeasurement : ModelMeasurement
{
    /// <summary>The share of zeros in the outputs of each layer (akida-model.md 3.10); empty when it was not asked for.</summary>
    public required IReadOnlyList<LayerSparsity> Sparsity { get; init; }
}

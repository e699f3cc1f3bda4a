namespace AkidaQuant.Optimization;

/// <summary>How far an optimization has come.</summary>
/// <param name="Done">The number of steps done.</param>
/// <param name="Total">The number of steps.</param>
/// <param name="Layer">The layer that is under way, or what is done with the whole network.</param>
public readonly record struct OptimizationProgress(int Done, int Total, string Layer);

/// <summary>How to optimize a quantized model.</summary>
public sealed record OptimizationOptions
{
    /// <summary>Samples like those that the network will meet; labels are not needed.</summary>
    public required SampleSet Samples { get; init; }

    /// <summary>The float network that the quantized one came from; null for the one that it remembers or leads back to.</summary>
    public Model? FloatModel { get; init; }

    /// <summary>How much work to take on.</summary>
    public OptimizationEffort Effort { get; init; }

    /// <summary>The last layer to change; null for all.</summary>
    public string? Until { get; init; }

    /// <summary>Whether all bit-widths stay, that of a global average too.</summary>
    public bool KeepBits { get; init; }

    /// <summary>The most threads that compute at once, which never changes a result; null for one a core.</summary>
    public int? Threads { get; init; }

    /// <summary>Told how far the work has come.</summary>
    public IProgress<OptimizationProgress>? Progress { get; init; }

    /// <summary>Told what was changed and why.</summary>
    public Action<string>? Verbose { get; init; }

    /// <summary>Told that the model that came in comes back.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Stops the work within a second.</summary>
    public CancellationToken Cancellation { get; init; }
}

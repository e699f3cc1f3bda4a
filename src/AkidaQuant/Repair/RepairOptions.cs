namespace AkidaQuant.Repair;

/// <summary>What a network is judged by, or repaired for.</summary>
public sealed record RepairOptions
{
    /// <summary>The generation of processors.</summary>
    public AkidaVersion Version { get; init; } = AkidaVersion.V2;

    /// <summary>
    /// The scheme that the network is to be quantized with; null for that of the network, or the usual one of the version.
    /// </summary>
    public QuantizationParams? Parameters { get; init; }

    /// <summary>Settings of layers, which have priority over <see cref="Parameters"/>.</summary>
    public QuantConfig? Config { get; init; }

    /// <summary>Samples of the network's input; null for a random one.</summary>
    public SampleSet? Samples { get; init; }

    /// <summary>The most threads that compute at once; null for one a core.</summary>
    public int? Threads { get; init; }

    /// <summary>Told what was rewritten and why.</summary>
    public Action<string>? Verbose { get; init; }

    /// <summary>Told what the user should know.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Told after each round of changes.</summary>
    public IProgress<RepairProgress>? Progress { get; init; }

    /// <summary>Stops the work.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>How far a repair is.</summary>
/// <param name="Done">Problems solved.</param>
/// <param name="Total">The most that were there at a time: to solve one may bring up the next.</param>
/// <param name="Layer">The layer that was changed last.</param>
public readonly record struct RepairProgress(int Done, int Total, string Layer);

using AkidaQuant.Execution;

namespace AkidaQuant.Akida;

/// <summary>How the emulator runs samples.</summary>
public sealed record EmulationOptions
{
    /// <summary>The most samples held in memory, or the number of parallel streams; null for the default, or that of the stream.</summary>
    public int? BatchSize { get; init; }

    /// <summary>The most threads that compute at once, which never changes a result; null for one a core.</summary>
    public int? Threads { get; init; }

    /// <summary>The call of a stream whose next time steps the samples are; null for streams that begin and end with the run.</summary>
    public AkidaStreamCall? Call { get; init; }

    /// <summary>Look at what layers give, in the model and in the parts behind it.</summary>
    public IReadOnlyList<IPlanObserver> Observers { get; init; } = [];
}

namespace AkidaQuant.Execution;

/// <summary>What a plan remembers of parallel streams, carried from one run over samples to the next.</summary>
internal sealed class CarriedState
{
    /// <summary>What was remembered behind the last run; null for streams that are new.</summary>
    public StreamSnapshot? Snapshot { get; set; }
}

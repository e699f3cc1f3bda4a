namespace AkidaQuant.Execution;

/// <summary>What a plan remembers of parallel streams, carried from one run over samples to the next.</summary>
/// <param name="snapshot">What was remembered before the first run; null for streams that are new.</param>
internal sealed class CarriedState(StreamSnapshot? snapshot)
{
    /// <summary>What the next run begins with; null for streams that are new.</summary>
    public StreamSnapshot? Snapshot { get; private set; } = snapshot;

    /// <summary>What the run that is under way leaves behind, once it has seen all samples.</summary>
    public StreamSnapshot? Next { get; set; }

    /// <summary>Makes what a run left behind what the next one begins with, when all plans of the run have come to its end.</summary>
    public void Advance()
    {
        Snapshot = Next ?? Snapshot;
        Next = null;
    }
}

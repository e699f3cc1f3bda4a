using AkidaQuant.Execution;

namespace AkidaQuant.PowerShell;

/// <summary>Runs models over samples.</summary>
public abstract class ModelRunCmdlet : ModelCmdlet
{
    /// <summary>The samples.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Alias("Samples")]
    [ValidateNotNull]
    public SampleSet Sample { get; set; } = null!;

    /// <summary>
    /// The most samples in memory at a time, which never changes a result; for a model that keeps state the number of
    /// parallel streams, one unless given.
    /// </summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? BatchSize { get; set; }

    /// <summary>The most threads that compute, which never changes a result; one a core unless given.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? ThrottleLimit { get; set; }

    /// <summary>Says how many batches are done.</summary>
    protected Action<int> Report(string activity, WorkChannel channel) =>
        channel.Batches(activity, Sample.Count, SampleBatches.BatchSize(BatchSize, Model.IsStateful));
}

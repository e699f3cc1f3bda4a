using AkidaQuant.Models;

namespace AkidaQuant.PowerShell;

/// <summary>Runs Akida models over samples.</summary>
public abstract class AkidaRunCmdlet : AkidaModelCmdlet
{
    /// <summary>The samples.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Alias("Samples")]
    [ValidateNotNull]
    public SampleSet Sample { get; set; } = null!;

    /// <summary>The most samples in memory at a time; never changes a result.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int BatchSize { get; set; } = Inference.DefaultBatchSize;

    /// <summary>Says how many batches are done.</summary>
    protected Action<int> Report(string activity, WorkChannel channel) => channel.Batches(activity, Sample.Count, BatchSize);
}

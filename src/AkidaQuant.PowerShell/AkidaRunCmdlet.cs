using AkidaQuant.Execution;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell;

/// <summary>Runs Akida models over samples.</summary>
public abstract class AkidaRunCmdlet : AkidaModelFirstCmdlet
{
    /// <summary>The samples, or the path of their file.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PipelineSet)]
    [Alias("Samples")]
    [Accepts<SampleSetOrPath>]
    public virtual SampleSetOrPath Sample
    {
        get;
        set => field = Once(nameof(Sample), value);
    }
    = null!;

    /// <summary>
    /// The most samples in memory at a time, which never changes a result; for a model that keeps state the number of
    /// parallel streams, one unless given.
    /// </summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int? BatchSize { get; set; }

    /// <summary>The most threads that compute, which never changes a result; one a core unless given.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int? ThrottleLimit { get; set; }

    /// <summary>The samples that were given.</summary>
    protected SampleSet Input { get; private set; } = null!;

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        Input = new ArgumentReader(this).ReadSamples(nameof(Sample), Sample)!;
    }

    /// <summary>Says how many batches are done.</summary>
    protected Action<int> Report(string activity, WorkChannel channel) =>
        channel.Batches(activity, Input.Count, SampleBatches.BatchSize(BatchSize, Network.IsStateful));
}

using AkidaQuant.Analysis;
using AkidaQuant.Execution;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Measures how far the layers or weights of a quantized model are from those of the float one.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "QuantError")]
[OutputType(typeof(QuantErrorReport), typeof(QuantErrorRow))]
public sealed class MeasureQuantErrorCommand : ModelCmdlet
{
    private const int DefaultBatchSize = 16;

    /// <summary>The float model that the quantized one came from.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNull]
    public Model? FloatModel { get; set; }

    /// <summary>What to compare.</summary>
    [Parameter]
    [ValidateSet(nameof(QuantErrorMode.Single), nameof(QuantErrorMode.Cumulative), nameof(QuantErrorMode.Weight))]
    public string Mode { get; set; } = nameof(QuantErrorMode.Single);

    /// <summary>The only layer to measure, channel by channel.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Layer { get; set; }

    /// <summary>The samples; random ones where none are given.</summary>
    [Parameter]
    [Alias("Samples")]
    [ValidateNotNull]
    public SampleSet? Sample { get; set; }

    /// <summary>
    /// The number of random samples, or the most given ones that are in memory at a time; with a model that keeps state,
    /// the number of parallel streams.
    /// </summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? BatchSize { get; set; }

    /// <summary>The most threads that compute, which never changes a result; one a core unless given.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? ThrottleLimit { get; set; }

    /// <summary>The seed of random samples.</summary>
    [Parameter]
    public ulong? Seed { get; set; }

    /// <summary>Gives one object a row, to filter, sort and write, instead of the report.</summary>
    [Parameter]
    public SwitchParameter AsRow { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        QuantErrorReport report = Compute(Measure);
        WriteObject(AsRow ? report.Rows : report, enumerateCollection: AsRow);
    }

    private QuantErrorReport Measure(WorkChannel channel) => QuantErrorAnalysis.Run(Model, FloatModel, new QuantErrorOptions
    {
        Mode = Enum.Parse<QuantErrorMode>(Mode, ignoreCase: true),
        Target = Layer,
        Samples = Sample,
        BatchSize = Size,
        Threads = ThrottleLimit,
        Seed = Seed,
        Progress = channel.Batches($"Measuring '{Model.Name}'", Sample?.Count ?? Size, Size),
        Cancellation = channel.Cancellation,
    });

    private int Size =>
        BatchSize ?? (Sample is null || !Model.IsStateful ? DefaultBatchSize : SampleBatches.BatchSize(null, isStateful: true));
}

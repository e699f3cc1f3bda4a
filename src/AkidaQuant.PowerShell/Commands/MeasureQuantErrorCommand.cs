using AkidaQuant.Analysis;
using AkidaQuant.Execution;
using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Measures how far the layers or weights of a quantized model are from those of the float one.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "QuantError", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Measure-QuantError.md")]
[OutputType(typeof(QuantErrorReport), typeof(QuantErrorRow))]
public sealed class MeasureQuantErrorCommand : ModelFirstCmdlet
{
    private const int DefaultBatchSize = 16;

    private Model? _float;
    private SampleSet? _samples;

    /// <summary>The float model that the quantized one came from, or the path of its file.</summary>
    [Parameter(Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Position = 0, ParameterSetName = PipelineSet)]
    [Accepts<ModelOrPath>]
    public ModelOrPath? FloatModel
    {
        get;
        set => field = Once(nameof(FloatModel), value);
    }

    /// <summary>What to compare.</summary>
    [Parameter]
    [Takes(typeof(string), Kinds.Choice)]
    [ValidateSet(nameof(QuantErrorMode.Single), nameof(QuantErrorMode.Cumulative), nameof(QuantErrorMode.Weight))]
    public string Mode { get; set; } = nameof(QuantErrorMode.Single);

    /// <summary>The only layer to measure, channel by channel.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [Takes(typeof(string), Kinds.Layer)]
    [ValidateNotNullOrEmpty]
    public string? Layer { get; set; }

    /// <summary>The samples, or the path of their file; random ones where none are given.</summary>
    [Parameter(Position = 2, ParameterSetName = ArgumentSet)]
    [Parameter(Position = 1, ParameterSetName = PipelineSet)]
    [Alias("Samples")]
    [Accepts<SampleSetOrPath>]
    public SampleSetOrPath? Sample
    {
        get;
        set => field = Once(nameof(Sample), value);
    }

    /// <summary>
    /// The number of random samples, or the most given ones that are in memory at a time; with a model that keeps state,
    /// the number of parallel streams.
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

    /// <summary>The seed of random samples.</summary>
    [Parameter]
    [Takes(typeof(ulong), Kinds.Seed, AllowsNull = true)]
    public ulong? Seed { get; set; }

    /// <summary>Gives one object a row, to filter, sort and write, instead of the report.</summary>
    [Parameter]
    public SwitchParameter AsRow { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        if (Sample is null && Given.Single(FloatModel?.Value) is SampleSet samples)
        {
            // Behind the model stand samples everywhere else, and the float model is often known without being given.
            Sample = SampleSetOrPath.From(samples);
            FloatModel = null;
        }

        ArgumentReader reader = new(this);
        _float = FloatModel is null ? null : reader.ReadModel(nameof(FloatModel), FloatModel);
        _samples = reader.ReadSamples(nameof(Sample), Sample);
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        QuantErrorReport report = Compute(Measure);
        WriteObject(AsRow ? report.Rows : report, enumerateCollection: AsRow);
    }

    private QuantErrorReport Measure(WorkChannel channel) => QuantErrorAnalysis.Run(Network, _float, new QuantErrorOptions
    {
        Mode = Enum.Parse<QuantErrorMode>(Mode, ignoreCase: true),
        Target = Layer,
        Samples = _samples,
        BatchSize = Size,
        Threads = ThrottleLimit,
        Seed = Seed,
        Progress = channel.Batches($"Measuring '{Network.Name}'", _samples?.Count ?? Size, Size),
        Cancellation = channel.Cancellation,
    });

    private int Size =>
        BatchSize ?? (_samples is null || !Network.IsStateful ? DefaultBatchSize : SampleBatches.BatchSize(null, isStateful: true));
}

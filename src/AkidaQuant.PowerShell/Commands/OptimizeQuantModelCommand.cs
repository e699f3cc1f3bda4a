using AkidaQuant.Optimization;
using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Brings a quantized model nearer to the float network that it came from, in the same format.</summary>
[Cmdlet(VerbsCommon.Optimize, "QuantModel", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Optimize-QuantModel.md")]
[OutputType(typeof(Model))]
public sealed class OptimizeQuantModelCommand : ModelFirstCmdlet
{
    private Model? _float;
    private SampleSet _samples = null!;

    /// <summary>The samples to fit the integers to, or the path of their file.</summary>
    [Parameter(Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Position = 0, ParameterSetName = PipelineSet)]
    [Alias("Samples")]
    [Accepts<SampleSetOrPath>]
    public SampleSetOrPath? Sample
    {
        get;
        set => field = Once(nameof(Sample), value);
    }

    /// <summary>The float model that the quantized one came from, or the path of its file.</summary>
    [Parameter(Position = 2, ParameterSetName = ArgumentSet)]
    [Parameter(Position = 1, ParameterSetName = PipelineSet)]
    [Accepts<ModelOrPath>]
    public ModelOrPath? FloatModel
    {
        get;
        set => field = Once(nameof(FloatModel), value);
    }

    /// <summary>How much work to take on.</summary>
    [Parameter]
    [Takes(typeof(string), Kinds.Choice)]
    [ValidateSet(nameof(OptimizationEffort.Fast), nameof(OptimizationEffort.Full))]
    public string Effort { get; set; } = nameof(OptimizationEffort.Fast);

    /// <summary>The last layer to change.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [Takes(typeof(string), Kinds.Layer)]
    [ValidateNotNullOrEmpty]
    public string? Until { get; set; }

    /// <summary>Keeps all bit-widths, that of a global average too.</summary>
    [Parameter]
    public SwitchParameter KeepBits { get; set; }

    /// <summary>The most threads that compute, which never changes a result; one a core unless given.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int? ThrottleLimit { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        ArgumentReader reader = new(this);
        _samples = reader.ReadSamples(nameof(Sample), Sample) ?? throw Missing();
        _float = FloatModel is null ? null : reader.ReadModel(nameof(FloatModel), FloatModel);
    }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(Optimize));

    private Model Optimize(WorkChannel channel) => Optimizer.Optimize(Network, new OptimizationOptions
    {
        Samples = _samples,
        FloatModel = _float,
        Effort = Enum.Parse<OptimizationEffort>(Effort, ignoreCase: true),
        Until = Until,
        KeepBits = KeepBits,
        Threads = ThrottleLimit,
        Progress = new Report<OptimizationProgress>(value =>
            channel.Progress($"Optimizing '{Network.Name}'", "steps", value.Done, value.Total, value.Layer)),
        Verbose = channel.Verbose,
        Warning = channel.Warning,
        Cancellation = channel.Cancellation,
    });

    // Not a mandatory parameter: the engine would ask for it at the prompt, where samples cannot be typed.
    private QuantException Missing() => new(
        "SampleMissing",
        QuantErrorKind.InvalidArgument,
        $"{MyInvocation.MyCommand.Name} needs samples: a few hundred like those that the network will meet, without labels, as -Sample. Those that Invoke-Quantize calibrated with will do; Import-SampleSet reads them from a file.");
}

using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;
using AkidaQuant.Quantization;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Quantizes a float model to integers, or a quantized one anew, calibrated with samples.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Quantize", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Invoke-Quantize.md")]
[OutputType(typeof(Model))]
public sealed class InvokeQuantizeCommand : ModelFirstCmdlet
{
    private QuantConfig? _config;
    private SampleSet? _samples;

    /// <summary>The scheme for all layers.</summary>
    [Parameter]
    [Takes(typeof(QuantizationParams), Kinds.Scheme)]
    public QuantizationParams? Parameter { get; set; }

    /// <summary>Settings of layers: a configuration, a dictionary or the path of a file.</summary>
    [Parameter]
    [Accepts<ConfigOrPath>]
    public ConfigOrPath? Config { get; set; }

    /// <summary>The samples to calibrate with, or the path of their file; random ones where none are given.</summary>
    [Parameter(Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Position = 0, ParameterSetName = PipelineSet)]
    [Alias("Samples")]
    [Accepts<SampleSetOrPath>]
    public SampleSetOrPath? Sample
    {
        get;
        set => field = Once(nameof(Sample), value);
    }

    /// <summary>The number of samples that count.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int? SampleCount { get; set; }

    /// <summary>The samples of a calibration batch.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int? BatchSize { get; set; }

    /// <summary>The most threads that compute, which never changes a result; one a core unless given.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int? ThrottleLimit { get; set; }

    /// <summary>How often calibration goes through the samples.</summary>
    [Parameter]
    [Alias("Epochs")]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int Epoch { get; set; } = 1;

    /// <summary>The last layer to quantize.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [Takes(typeof(string), Kinds.Layer)]
    [ValidateNotNullOrEmpty]
    public string? Until { get; set; }

    /// <summary>Goes on behind layers that stay in float, where one tensor comes out of them.</summary>
    [Parameter]
    public SwitchParameter Hybrid { get; set; }

    /// <summary>The seed of random samples.</summary>
    [Parameter]
    [Takes(typeof(ulong), Kinds.Seed, AllowsNull = true)]
    public ulong? Seed { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        _config = ConfigArgument.Read(SessionState, Config);
        _samples = new ArgumentReader(this).ReadSamples(nameof(Sample), Sample);
    }

    /// <inheritdoc/>
    protected override void Process() =>
        WriteObject(
            Compute(channel =>
                Quantizer.Quantize(
                    Network,
                    new QuantizeOptions
                    {
                        Parameters = Parameter,
                        Config = _config,
                        Samples = _samples,
                        SampleCount = SampleCount,
                        BatchSize = BatchSize,
                        Threads = ThrottleLimit,
                        Epochs = Epoch,
                        Until = Until,
                        Hybrid = Hybrid,
                        Seed = Seed,
                        Progress = new Report<CalibrationProgress>(value =>
                            channel.Progress($"Quantizing '{Network.Name}'", "batches", value.Done, value.Total)),
                        Verbose = channel.Verbose,
                        Warning = channel.Warning,
                        Cancellation = channel.Cancellation,
                    })));
}

using AkidaQuant.PowerShell.Completers;
using AkidaQuant.Quantization;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Quantizes a float model to integers, or a quantized one anew, calibrated with samples.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Quantize", HelpUri = OnlineHelp.Pages + "Invoke-Quantize.md")]
[OutputType(typeof(Model))]
public sealed class InvokeQuantizeCommand : ModelCmdlet
{
    private QuantConfig? _config;

    /// <summary>The scheme for all layers.</summary>
    [Parameter]
    [ValidateNotNull]
    public QuantizationParams? Parameter { get; set; }

    /// <summary>Settings of layers: a configuration, a dictionary or the path of a file.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? Config { get; set; }

    /// <summary>The samples to calibrate with; random ones where none are given.</summary>
    [Parameter]
    [Alias("Samples")]
    [ValidateNotNull]
    public SampleSet? Sample { get; set; }

    /// <summary>The number of samples that count.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? SampleCount { get; set; }

    /// <summary>The samples of a calibration batch.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? BatchSize { get; set; }

    /// <summary>The most threads that compute, which never changes a result; one a core unless given.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? ThrottleLimit { get; set; }

    /// <summary>How often calibration goes through the samples.</summary>
    [Parameter]
    [Alias("Epochs")]
    [ValidateRange(1, int.MaxValue)]
    public int Epoch { get; set; } = 1;

    /// <summary>The last layer to quantize.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Until { get; set; }

    /// <summary>The seed of random samples.</summary>
    [Parameter]
    public ulong? Seed { get; set; }

    /// <inheritdoc/>
    protected override void Begin() => _config = ConfigArgument.Read(SessionState, Config);

    /// <inheritdoc/>
    protected override void Process() =>
        WriteObject(
            Compute(channel =>
                Quantizer.Quantize(
                    Model,
                    new QuantizeOptions
                    {
                        Parameters = Parameter,
                        Config = _config,
                        Samples = Sample,
                        SampleCount = SampleCount,
                        BatchSize = BatchSize,
                        Threads = ThrottleLimit,
                        Epochs = Epoch,
                        Until = Until,
                        Seed = Seed,
                        Progress = new Report<CalibrationProgress>(value =>
                            channel.Progress($"Quantizing '{Model.Name}'", "batches", value.Done, value.Total)),
                        Verbose = channel.Verbose,
                        Warning = channel.Warning,
                        Cancellation = channel.Cancellation,
                    })));
}

using AkidaQuant.PowerShell.Completers;
using AkidaQuant.Quantization;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>The configuration of a quantized model, or the one that quantizing a float model would use.</summary>
[Cmdlet(VerbsCommon.Get, "QuantConfig", HelpUri = OnlineHelp.Pages + "Get-QuantConfig.md")]
[OutputType(typeof(QuantConfig))]
public sealed class GetQuantConfigCommand : ModelCmdlet
{
    private QuantConfig? _config;

    /// <summary>The scheme that a float model would be quantized with.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNull]
    public QuantizationParams Parameter { get; set; } = new();

    /// <summary>Settings of layers that a float model would be quantized with.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? Config { get; set; }

    /// <summary>The last layer of a float model that would be quantized.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Until { get; set; }

    /// <inheritdoc/>
    protected override void Begin() => _config = ConfigArgument.Read(SessionState, Config);

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(channel => Model.IsQuantized
        ? Quantizer.Configuration(Model)
        : Quantizer.Preview(Model, new QuantizeOptions
        {
            Parameters = Parameter,
            Config = _config,
            Until = Until,
            Verbose = channel.Verbose,
            Warning = channel.Warning,
            Cancellation = channel.Cancellation,
        })));
}

using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;
using AkidaQuant.Quantization;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>The configuration of a quantized model, or the one that quantizing a float model would use.</summary>
[Cmdlet(VerbsCommon.Get, "QuantConfig", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Get-QuantConfig.md")]
[OutputType(typeof(QuantConfig))]
public sealed class GetQuantConfigCommand : ModelFirstCmdlet
{
    private QuantConfig? _config;

    /// <summary>The scheme that a float model would be quantized with.</summary>
    [Parameter(Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Position = 0, ParameterSetName = PipelineSet)]
    [Takes(typeof(QuantizationParams), Kinds.Scheme)]
    public QuantizationParams? Parameter
    {
        get;
        set => field = Once(nameof(Parameter), value);
    }

    /// <summary>Settings of layers that a float model would be quantized with.</summary>
    [Parameter]
    [Accepts<ConfigOrPath>]
    public ConfigOrPath? Config { get; set; }

    /// <summary>The last layer of a float model that would be quantized.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [Takes(typeof(string), Kinds.Layer)]
    [ValidateNotNullOrEmpty]
    public string? Until { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        _config = ConfigArgument.Read(SessionState, Config);
    }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(channel => Network.IsQuantized
        ? Quantizer.Configuration(Network)
        : Quantizer.Preview(Network, new QuantizeOptions
        {
            Parameters = Parameter,
            Config = _config,
            Until = Until,
            Verbose = channel.Verbose,
            Warning = channel.Warning,
            Cancellation = channel.Cancellation,
        })));
}

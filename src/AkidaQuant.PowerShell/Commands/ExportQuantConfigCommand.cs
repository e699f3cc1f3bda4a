using AkidaQuant.Formats;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Writes a quantization configuration to a JSON or YAML file.</summary>
[Cmdlet(VerbsData.Export, "QuantConfig", SupportsShouldProcess = true, DefaultParameterSetName = PathSet,
    HelpUri = OnlineHelp.Pages + "Export-QuantConfig.md")]
[OutputType(typeof(FileInfo))]
public sealed class ExportQuantConfigCommand : ExportCmdlet
{
    /// <summary>The configuration: of this module, or nested dictionaries.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [Accepts<ConfigOrPath>]
    public ConfigOrPath Config { get; set; } = null!;

    /// <inheritdoc/>
    protected override void Process()
    {
        QuantConfig config = ConfigArgument.Read(SessionState, Config)!;
        Export("Export quantization configuration", (file, _) => QuantConfigFile.Write(config, file));
    }
}

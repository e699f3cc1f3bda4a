using AkidaQuant.Formats;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Reads quantization configurations from JSON or YAML files.</summary>
[Cmdlet(VerbsData.Import, "QuantConfig", DefaultParameterSetName = PathSet, HelpUri = OnlineHelp.Pages + "Import-QuantConfig.md")]
[OutputType(typeof(QuantConfig))]
public sealed class ImportQuantConfigCommand : ImportCmdlet
{
    /// <inheritdoc/>
    protected override object Read(string file, WorkChannel channel) => QuantConfigFile.Read(file, channel.Cancellation);
}

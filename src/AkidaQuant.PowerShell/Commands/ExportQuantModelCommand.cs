using AkidaQuant.Formats;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Writes a network, float or quantized, to a file that Keras and the reference load.</summary>
[Cmdlet(VerbsData.Export, "QuantModel", SupportsShouldProcess = true, DefaultParameterSetName = PathSet,
    HelpUri = OnlineHelp.Pages + "Export-QuantModel.md")]
[OutputType(typeof(FileInfo))]
public sealed class ExportQuantModelCommand : ExportCmdlet
{
    /// <summary>The model.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ValidateNotNull]
    public Model Model { get; set; } = null!;

    /// <inheritdoc/>
    protected override void Process() => Export("Export model", file => ModelWriter.Write(Model, file));
}

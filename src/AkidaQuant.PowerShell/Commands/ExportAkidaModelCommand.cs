using AkidaQuant.Formats.AkidaFiles;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Writes an Akida model to a file of AkidaQuant's own format.</summary>
[Cmdlet(VerbsData.Export, "AkidaModel", SupportsShouldProcess = true, DefaultParameterSetName = PathSet,
    HelpUri = OnlineHelp.Pages + "Export-AkidaModel.md")]
[OutputType(typeof(FileInfo))]
public sealed class ExportAkidaModelCommand : ExportCmdlet
{
    /// <summary>The Akida model, or the path of its file.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [Accepts<AkidaModelArgument>]
    public AkidaModelArgument Model { get; set; } = null!;

    /// <inheritdoc/>
    protected override void Process()
    {
        AkidaModel model = new ArgumentReader(this).ReadAkidaModel(nameof(Model), Model);
        Export("Export Akida model", (file, channel) => AkidaFile.Write(model, file, channel.Cancellation));
    }
}

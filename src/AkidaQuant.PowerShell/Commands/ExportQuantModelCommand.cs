using AkidaQuant.Formats;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Writes a network, float or quantized, to a file that Keras and the reference load.</summary>
[Cmdlet(VerbsData.Export, "QuantModel", SupportsShouldProcess = true, DefaultParameterSetName = PathSet,
    HelpUri = OnlineHelp.Pages + "Export-QuantModel.md")]
[OutputType(typeof(FileInfo))]
public sealed class ExportQuantModelCommand : ExportCmdlet
{
    /// <summary>The model, or the path of its file.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [Accepts<ModelOrPath>]
    public ModelOrPath Model { get; set; } = null!;

    /// <inheritdoc/>
    protected override void Process()
    {
        Model model = new ArgumentReader(this).ReadModel(nameof(Model), Model);
        Export("Export model", file => ModelWriter.Write(model, file));
    }
}

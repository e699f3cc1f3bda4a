using AkidaQuant.Formats;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Writes a network, float or quantized, to a file that Keras and the reference load, or to one that people read.</summary>
[Cmdlet(VerbsData.Export, "QuantModel", SupportsShouldProcess = true, DefaultParameterSetName = PathSet,
    HelpUri = OnlineHelp.Pages + "Export-QuantModel.md")]
[OutputType(typeof(FileInfo))]
public sealed class ExportQuantModelCommand : ExportCmdlet
{
    /// <summary>The model, or the path of its file.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [Accepts<ModelOrPath>]
    public ModelOrPath Model { get; set; } = null!;

    /// <summary>Writes the weights beside a description, which does not hold them.</summary>
    [Parameter]
    public SwitchParameter IncludeWeight { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        Model model = new ArgumentReader(this).ReadModel(nameof(Model), Model);
        Export(
            "Export model",
            (file, channel) => Write(model, file, channel),
            file => IncludeWeight ? ModelWriter.WeightsPath(file) : null);
    }

    private void Write(Model model, string file, WorkChannel channel)
    {
        if (IncludeWeight)
        {
            ModelWriter.RequireOwnWeights(file);
        }

        ModelWriter.Write(model, file, IncludeWeight);
        if (!IncludeWeight && ModelWriter.WeightsPath(file) is not null && model.GraphLayers.Any(layer => layer.Variables.Count > 0))
        {
            channel.Warning(
                $"The file '{file}' describes the layers of '{model.Name}' and does not hold its weights. -IncludeWeight writes them beside it.");
        }
    }
}

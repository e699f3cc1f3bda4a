using AkidaQuant.Formats.Files;
using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Reads trained networks from files.</summary>
[Cmdlet(VerbsData.Import, "QuantModel", DefaultParameterSetName = PathSet, HelpUri = OnlineHelp.Pages + "Import-QuantModel.md")]
[OutputType(typeof(Model))]
public sealed class ImportQuantModelCommand : ImportCmdlet
{
    /// <summary>The shape of one sample, in the order of the file, for files that leave it open.</summary>
    [Parameter]
    [ShapeArgument]
    [ValidateRange(1, int.MaxValue)]
    public int[]? InputShape { get; set; }

    /// <summary>The layers whose outputs the model is to give; what only others need is not read.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(FileLayerCompleter))]
    [Takes(typeof(string[]), Kinds.Layers)]
    [ValidateNotNullOrEmpty]
    public string[]? Output { get; set; }

    /// <summary>The most bytes that the arrays of a model may take; 2 GB, or 32 times the file, where it is left out.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? MaxSize { get; set; }

    /// <inheritdoc/>
    protected override object Read(string file, WorkChannel channel) => ModelFile.Read(
        file,
        channel,
        new ModelReadOptions
        {
            InputShape = InputShape is null ? null : new Shape(InputShape),
            Output = Output,
            MaxSize = MaxSize,
        });
}

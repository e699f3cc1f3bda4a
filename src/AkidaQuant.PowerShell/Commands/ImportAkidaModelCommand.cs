using AkidaQuant.Formats.Files;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Reads Akida models from files of AkidaQuant's own format.</summary>
[Cmdlet(VerbsData.Import, "AkidaModel", DefaultParameterSetName = PathSet, HelpUri = OnlineHelp.Pages + "Import-AkidaModel.md")]
[OutputType(typeof(AkidaModel))]
public sealed class ImportAkidaModelCommand : ImportCmdlet
{
    /// <summary>The most bytes that the arrays of a model may take; 2 GB, or 32 times the file, where it is left out.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? MaxSize { get; set; }

    /// <inheritdoc/>
    protected override object Read(string file, WorkChannel channel) =>
        ModelFile.ReadAkida(file, channel, new ModelReadOptions { MaxSize = MaxSize });
}

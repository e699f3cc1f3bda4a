using AkidaQuant.Formats;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Reads trained networks from files.</summary>
[Cmdlet(VerbsData.Import, "QuantModel", DefaultParameterSetName = PathSet)]
[OutputType(typeof(Model))]
public sealed class ImportQuantModelCommand : ImportCmdlet
{
    /// <inheritdoc/>
    protected override object Read(string file) => ModelReader.Read(file);
}

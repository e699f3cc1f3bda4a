using AkidaQuant.Formats;
using AkidaQuant.Formats.Descriptions;
using AkidaQuant.Formats.Files;
using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.Start;

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

    /// <inheritdoc/>
    protected override void Begin() => WarmUp.Start();

    /// <inheritdoc/>
    protected override object Read(string file, WorkChannel channel)
    {
        Shape? shape = InputShape is null ? null : new Shape(InputShape);
        void Tell(string message) => channel.Verbose($"{System.IO.Path.GetFileName(file)}: {message}");
        return DataFile.Is(file)
            ? NetworkReader.Read(
                DataFile.Read(file),
                file,
                new NetworkOptions { InputShape = shape, Report = Tell, Cancellation = channel.Cancellation })
            : ModelReader.Read(
                file,
                new ModelReadOptions { InputShape = shape, Verbose = Tell, Cancellation = channel.Cancellation });
    }
}

using AkidaQuant.Formats;
using AkidaQuant.Formats.Files;
using AkidaQuant.Start;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Reads trained networks from files.</summary>
[Cmdlet(VerbsData.Import, "QuantModel", DefaultParameterSetName = PathSet)]
[OutputType(typeof(Model))]
public sealed class ImportQuantModelCommand : ImportCmdlet
{
    /// <summary>The shape of one sample, in the order of the file, for files that leave it open.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateRange(1, int.MaxValue)]
    public int[]? InputShape { get; set; }

    /// <inheritdoc/>
    protected override void Begin() => WarmUp.Start();

    /// <inheritdoc/>
    protected override object Read(string file, WorkChannel channel) => ModelReader.Read(file, new ModelReadOptions
    {
        InputShape = InputShape is null ? null : new Shape(InputShape),
        Verbose = message => channel.Verbose($"{System.IO.Path.GetFileName(file)}: {message}"),
        Cancellation = channel.Cancellation,
    });
}

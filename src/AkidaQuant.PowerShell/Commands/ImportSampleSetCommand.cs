using AkidaQuant.Formats;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Reads samples, with their labels where the file has some.</summary>
[Cmdlet(VerbsData.Import, "SampleSet", DefaultParameterSetName = PathSet)]
[OutputType(typeof(SampleSet))]
public sealed class ImportSampleSetCommand : ImportCmdlet
{
    /// <summary>The array of samples in the file.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(ArrayNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The array of labels in the file.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ArrayNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? LabelName { get; set; }

    /// <summary>The most samples to read.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? First { get; set; }

    /// <summary>The samples to leave out at the start.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    /// <inheritdoc/>
    protected override object Read(string file) => SampleReader.Read(file, Name, LabelName, First, Skip);
}

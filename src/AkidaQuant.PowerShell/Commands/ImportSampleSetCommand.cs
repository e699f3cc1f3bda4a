using AkidaQuant.Formats;
using AkidaQuant.Formats.Samples;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Reads samples, with their labels where there are some.</summary>
[Cmdlet(VerbsData.Import, "SampleSet", DefaultParameterSetName = PathSet)]
[OutputType(typeof(SampleSet))]
public sealed class ImportSampleSetCommand : ImportCmdlet
{
    private const string Auto = "Auto";
    private const string Present = "Present";
    private const string Absent = "Absent";

    private string? _labelFile;

    /// <summary>The array of samples in the file.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(ArrayNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The labels: an array or a column of the file, or a file of their own.</summary>
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

    /// <summary>The shape of one sample, channels last.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateRange(1, int.MaxValue)]
    public int[]? Shape { get; set; }

    /// <summary>The model that the samples are for, whose input shape they get.</summary>
    [Parameter]
    [ValidateNotNull]
    public Model? Model { get; set; }

    /// <summary>What separates the columns of a table.</summary>
    [Parameter]
    public char? Delimiter { get; set; }

    /// <summary>Whether the first line of a table names its columns.</summary>
    [Parameter]
    [ValidateSet(Auto, Present, Absent)]
    public string Header { get; set; } = Auto;

    /// <inheritdoc/>
    protected override void Begin() => _labelFile = LabelFile();

    /// <inheritdoc/>
    protected override object Read(string file, WorkChannel channel) =>
        SampleReader.Read(
            file,
            new SampleReadOptions
            {
                Name = Name,
                LabelName = LabelName,
                LabelPath = _labelFile,
                First = First,
                Skip = Skip,
                Shape = Shape is not null ? new Shape(Shape) : Model?.InputShape,
                MayBeChannelsFirst = Shape is null && Model is { Input.IsChannelsFirst: true },
                Delimiter = Delimiter,
                HasHeader = Header.Equals(Auto, StringComparison.OrdinalIgnoreCase)
                    ? null
                    : Header.Equals(Present, StringComparison.OrdinalIgnoreCase),
                Cancellation = channel.Cancellation,
            });

    /// <summary>The file that the name of the labels is the path of, where there is one.</summary>
    private string? LabelFile()
    {
        if (LabelName is null)
        {
            return null;
        }

        try
        {
            return FilePaths.Literal(SessionState, LabelName) is var file && File.Exists(file) ? file : null;
        }
        catch (QuantException)
        {
            // A name with a colon need not be a drive.
            return null;
        }
    }
}

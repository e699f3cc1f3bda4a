using AkidaQuant.Formats;
using AkidaQuant.Formats.Samples;
using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Reads samples, with their labels where there are some.</summary>
[Cmdlet(VerbsData.Import, "SampleSet", DefaultParameterSetName = PathSet, HelpUri = OnlineHelp.Pages + "Import-SampleSet.md")]
[OutputType(typeof(SampleSet))]
public sealed class ImportSampleSetCommand : ImportCmdlet
{
    private const string Auto = "Auto";
    private const string Present = "Present";
    private const string Absent = "Absent";

    private string? _labelFile;
    private Model? _model;

    /// <summary>The array of samples in the file.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(ArrayNameCompleter))]
    [Takes(typeof(string), Kinds.Column)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The labels: an array or a column of the file, or a file of their own.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ArrayNameCompleter))]
    [Takes(typeof(string), Kinds.Column)]
    [ValidateNotNullOrEmpty]
    public string? LabelName { get; set; }

    /// <summary>The most samples to read.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int? First { get; set; }

    /// <summary>The samples to leave out at the start.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    /// <summary>The shape of one sample, channels last.</summary>
    [Parameter]
    [ShapeArgument]
    [ValidateRange(1, int.MaxValue)]
    public int[]? Shape { get; set; }

    /// <summary>The model that the samples are for, or the path of its file, whose input shape they get.</summary>
    [Parameter]
    [Accepts<ModelOrPath>]
    public ModelOrPath? Model { get; set; }

    /// <summary>What separates the columns of a table.</summary>
    [Parameter]
    [Takes(typeof(char), Kinds.Character, AllowsNull = true)]
    public char? Delimiter { get; set; }

    /// <summary>Whether the first line of a table names its columns.</summary>
    [Parameter]
    [Takes(typeof(string), Kinds.Choice)]
    [ValidateSet(Auto, Present, Absent)]
    public string Header { get; set; } = Auto;

    /// <inheritdoc/>
    protected override void Begin()
    {
        _labelFile = LabelFile();
        _model = Model is null ? null : new ArgumentReader(this).ReadModel(nameof(Model), Model);
    }

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
                Shape = Shape is not null ? new Shape(Shape) : _model?.Input.SampleShape,
                MayBeChannelsFirst = Shape is null && _model is { Input.IsChannelsFirst: true },
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

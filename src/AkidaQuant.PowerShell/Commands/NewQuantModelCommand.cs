using System.Collections.Specialized;
using AkidaQuant.Formats.Descriptions;
using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Makes a network of a list of layers, or of a file that describes one, with new weights or given ones.</summary>
[Cmdlet(VerbsCommon.New, "QuantModel", DefaultParameterSetName = LayerSet, HelpUri = OnlineHelp.Pages + "New-QuantModel.md")]
[OutputType(typeof(Model))]
public sealed class NewQuantModelCommand : QuantCmdlet
{
    private const string LayerSet = "Layer";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private static readonly string[] OfLayers = [nameof(InputType), nameof(InputName), nameof(Name), nameof(Output), nameof(Sequential)];

    private readonly List<object?> _layers = [];
    private bool _hasFiles;

    /// <summary>The layers: classes, or dictionaries of a class and its arguments. Files from the pipeline are read.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = LayerSet)]
    [Layers]
    public object[] Layer { get; set; } = [];

    /// <summary>The shape of one sample, channels last.</summary>
    [Parameter]
    [ShapeArgument]
    public int[]? InputShape { get; set; }

    /// <summary>The type of the samples; float32 unless told otherwise.</summary>
    [Parameter(ParameterSetName = LayerSet)]
    [ArgumentCompleter(typeof(InputTypeCompleter))]
    [Takes(typeof(string), Kinds.SampleType)]
    public string? InputType { get; set; }

    /// <summary>The name of the input.</summary>
    [Parameter(ParameterSetName = LayerSet)]
    [Takes(typeof(string), Kinds.Name)]
    public string? InputName { get; set; }

    /// <summary>The name of the model.</summary>
    [Parameter(ParameterSetName = LayerSet)]
    [Takes(typeof(string), Kinds.Name)]
    public string? Name { get; set; }

    /// <summary>The layer whose output the model gives; the last one unless told otherwise.</summary>
    [Parameter(ParameterSetName = LayerSet)]
    [Takes(typeof(string), Kinds.Layer)]
    public string? Output { get; set; }

    /// <summary>Makes a sequential model, whose input summaries hide.</summary>
    [Parameter(ParameterSetName = LayerSet)]
    public SwitchParameter Sequential { get; set; }

    /// <summary>The files, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [FilePath(several: true, Advice = " Layers go to -Layer.")]
    public string[] Path { get; set; } = [];

    /// <summary>The files, wildcard characters taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [Alias("LP")]
    [FilePath(several: true)]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The seed of new weights; other weights each time without it.</summary>
    [Parameter]
    [Takes(typeof(ulong), Kinds.Seed, AllowsNull = true)]
    public ulong? Seed { get; set; }

    /// <summary>The .npz file of the weights.</summary>
    [Parameter]
    [FilePath(several: false)]
    public string? Weight { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (ParameterSetName != LayerSet)
        {
            bool isLiteral = ParameterSetName == LiteralPathSet;
            ForEachFile(isLiteral ? LiteralPath : Path, isLiteral, ReadFile);
            return;
        }

        foreach (object? layer in Layer)
        {
            Take(layer);
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (ParameterSetName == LayerSet && (_layers.Count > 0 || !_hasFiles))
        {
            Try(() => Make(null, options => NetworkReader.Read(Describe(), options: options)));
        }
    }

    private void Take(object? layer)
    {
        if ((layer is PSObject wrapped ? wrapped.BaseObject : layer) is FileInfo file)
        {
            _hasFiles = true;
            Try(() =>
            {
                RequireNothingOfLayers(file.FullName);
                ReadFile(file.FullName);
            });
        }
        else
        {
            _layers.Add(layer);
        }
    }

    // A file from the pipeline is bound as a layer is, so the engine lets pass what only layers can have.
    private void RequireNothingOfLayers(string file)
    {
        string[] given = [.. OfLayers.Where(MyInvocation.BoundParameters.ContainsKey).Select(parameter => $"-{parameter}")];
        if (given.Length > 0)
        {
            throw new QuantException(
                "ParameterNotForFile",
                QuantErrorKind.InvalidArgument,
                $"New-QuantModel takes {string.Join(", ", given)} with layers, but '{file}' is a file that says this itself. Leave it out and change the file.",
                file);
        }
    }

    private void ReadFile(string file) => Make(InputShape, options => ModelFile.ReadDescription(file, options));

    private void Make(int[]? shape, Func<NetworkOptions, Model> read)
    {
        string? weights = Weight is null ? null : FilePaths.Literal(SessionState, Weight);
        WriteObject(Compute(channel => read(new NetworkOptions
        {
            Seed = Seed,
            Weights = weights,
            InputShape = shape is null ? null : new Shape(shape),
            Report = channel.Verbose,
            Cancellation = channel.Cancellation,
        })));
    }

    private OrderedDictionary Describe()
    {
        OrderedDictionary network = new() { ["layers"] = PlainObjects.Of(_layers) };
        Add("name", Name);
        Add("input_shape", InputShape);
        Add("input_type", InputType?.ToLowerInvariant());
        Add("input_name", InputName);
        Add("outputs", Output);
        Add("sequential", Sequential ? true : null);
        return network;

        void Add(string key, object? value)
        {
            if (value is not null)
            {
                network[key] = value;
            }
        }
    }
}

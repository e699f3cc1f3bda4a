using AkidaQuant.Quantization;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Makes samples: random ones for a model or a shape, or from arrays of numbers.</summary>
[Cmdlet(VerbsCommon.New, "SampleSet", DefaultParameterSetName = ShapeSet, HelpUri = OnlineHelp.Pages + "New-SampleSet.md")]
[OutputType(typeof(SampleSet))]
public sealed class NewSampleSetCommand : QuantCmdlet
{
    private const string ModelSet = "Model";
    private const string ShapeSet = "Shape";
    private const string ArraySet = "Array";
    private const int DefaultCount = 1024;

    // No field of a value type of the core: see Report.
    private int? _inputType;

    /// <summary>The model that the samples are for.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ModelSet)]
    [ValidateNotNull]
    public Model Model { get; set; } = null!;

    /// <summary>The numbers: one array of all, an array of samples, or a rectangular array.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ArraySet)]
    [ValidateNotNull]
    public Array InputObject { get; set; } = null!;

    /// <summary>The shape of one sample, channels last.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ShapeSet)]
    [Parameter(ParameterSetName = ArraySet)]
    [ValidateNotNullOrEmpty]
    [ValidateRange(1, int.MaxValue)]
    public int[]? Shape { get; set; }

    /// <summary>The number of random samples.</summary>
    [Parameter(ParameterSetName = ModelSet)]
    [Parameter(ParameterSetName = ShapeSet)]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = DefaultCount;

    /// <summary>The seed of random samples; other samples each time without it.</summary>
    [Parameter(ParameterSetName = ModelSet)]
    [Parameter(ParameterSetName = ShapeSet)]
    public ulong? Seed { get; set; }

    /// <summary>The integer type of random samples, over whose range they are spread where no bounds are given.</summary>
    [Parameter(ParameterSetName = ModelSet)]
    [Parameter(ParameterSetName = ShapeSet)]
    public IntegerType? InputType
    {
        get => (IntegerType?)_inputType;
        set => _inputType = (int?)value;
    }

    /// <summary>The least value of random samples.</summary>
    [Parameter(ParameterSetName = ModelSet)]
    [Parameter(ParameterSetName = ShapeSet)]
    public double? Minimum { get; set; }

    /// <summary>The bound above of random samples: integers reach it, floats stay below it.</summary>
    [Parameter(ParameterSetName = ModelSet)]
    [Parameter(ParameterSetName = ShapeSet)]
    public double? Maximum { get; set; }

    /// <summary>The class of each sample.</summary>
    [Parameter(ParameterSetName = ArraySet)]
    public int[]? Label { get; set; }

    /// <summary>The name of each sample.</summary>
    [Parameter(ParameterSetName = ArraySet)]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(ParameterSetName switch
    {
        ModelSet when IsBounded => Compute(_ => Within(Model.InputShape, InputType ?? Model.Input.Type)),
        ShapeSet when IsBounded => Compute(_ => Within(new Shape(Shape!), InputType)),
        ModelSet when InputType is { } type => Compute(_ => RandomSamples.Create(Model.InputShape, Count, type, Seed)),
        ModelSet => Compute(_ => RandomSamples.Create(Model, Count, Seed)),
        ShapeSet => Compute(_ => RandomSamples.Create(new Shape(Shape!), Count, InputType ?? IntegerType.UInt8, Seed)),
        _ => Compute(_ => FromArray()),
    });

    private bool IsBounded => Minimum is not null || Maximum is not null;

    private SampleSet Within(Shape shape, IntegerType? type) => RandomSamples.CreateWithin(shape, Count, type, Minimum, Maximum, Seed);

    private SampleSet FromArray()
    {
        var array = PlainArray.From(InputObject);
        return SampleSet.FromArray(array.Values, new Shape(Shape ?? array.SampleDimensions), Label, Name);
    }
}

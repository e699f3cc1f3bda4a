using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.Quantization;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Makes samples: random ones for a model or a shape, or from arrays of numbers.</summary>
[Cmdlet(VerbsCommon.New, "SampleSet", DefaultParameterSetName = ModelSet, HelpUri = OnlineHelp.Pages + "New-SampleSet.md")]
[OutputType(typeof(SampleSet))]
public sealed class NewSampleSetCommand : QuantCmdlet
{
    private const string ModelSet = "Model";
    private const string ShapeSet = "Shape";
    private const string ArraySet = "Array";
    private const int DefaultCount = 1024;

    // No field of a value type of the core: see Report.
    private int? _inputType;

    private Model? _model;

    /// <summary>The model that the samples are for, or the path of its file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ModelSet)]
    [Accepts<ModelOrPath>]
    public ModelOrPath Model
    {
        get;
        set => field = UnlessShape(UnlessPiped(nameof(Model), value));
    }
    = null!;

    /// <summary>The numbers: one array of all, an array of samples, or a rectangular array.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ArraySet)]
    [Takes(typeof(Array), Kinds.Array)]
    public Array InputObject { get; set; } = null!;

    /// <summary>The shape of one sample, channels last.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ShapeSet)]
    [Parameter(ParameterSetName = ArraySet)]
    [ShapeArgument]
    [ValidateRange(1, int.MaxValue)]
    public int[]? Shape
    {
        get;
        set => field = UnlessPiped(nameof(Shape), value, "-Count says how many samples to make.");
    }

    /// <summary>The number of random samples.</summary>
    [Parameter(Position = 1, ParameterSetName = ModelSet)]
    [Parameter(Position = 1, ParameterSetName = ShapeSet)]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = DefaultCount;

    /// <summary>The seed of random samples; other samples each time without it.</summary>
    [Parameter(ParameterSetName = ModelSet)]
    [Parameter(ParameterSetName = ShapeSet)]
    [Takes(typeof(ulong), Kinds.Seed, AllowsNull = true)]
    public ulong? Seed { get; set; }

    /// <summary>The integer type of random samples, over whose range they are spread where no bounds are given.</summary>
    [Parameter(ParameterSetName = ModelSet)]
    [Parameter(ParameterSetName = ShapeSet)]
    [Takes(typeof(IntegerType), Kinds.Type, AllowsNull = true)]
    public IntegerType? InputType
    {
        get => (IntegerType?)_inputType;
        set => _inputType = (int?)value;
    }

    /// <summary>The least value of random samples.</summary>
    [Parameter(ParameterSetName = ModelSet)]
    [Parameter(ParameterSetName = ShapeSet)]
    [Takes(typeof(double), Kinds.Number, AllowsNull = true)]
    public double? Minimum { get; set; }

    /// <summary>The bound above of random samples: integers reach it, floats stay below it.</summary>
    [Parameter(ParameterSetName = ModelSet)]
    [Parameter(ParameterSetName = ShapeSet)]
    [Takes(typeof(double), Kinds.Number, AllowsNull = true)]
    public double? Maximum { get; set; }

    /// <summary>The class of each sample.</summary>
    [Parameter(ParameterSetName = ArraySet)]
    [Takes(typeof(int[]), Kinds.Wholes, AllowsNull = true)]
    public int[]? Label { get; set; }

    /// <summary>The name of each sample.</summary>
    [Parameter(ParameterSetName = ArraySet)]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        if (ParameterSetName == ModelSet && !MyInvocation.ExpectingInput)
        {
            _model = new ArgumentReader(this).ReadModel(nameof(Model), Model);
        }
    }

    /// <inheritdoc/>
    protected override void Receive()
    {
        if (MyInvocation.ExpectingInput)
        {
            _model = new ArgumentReader(this).ReadModel(nameof(Model), Model);
        }
    }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(ParameterSetName switch
    {
        ModelSet when IsBounded => Compute(_ => Within(_model!.Input.SampleShape, InputType ?? _model!.Input.Type)),
        ShapeSet when IsBounded => Compute(_ => Within(new Shape(Shape!), InputType)),
        ModelSet when InputType is { } type => Compute(_ => RandomSamples.Create(_model!.Input.SampleShape, Count, type, Seed)),
        ModelSet => Compute(_ => RandomSamples.Create(_model!, Count, Seed)),
        ShapeSet => Compute(_ => RandomSamples.Create(new Shape(Shape!), Count, InputType ?? IntegerType.UInt8, Seed)),
        _ => Compute(_ => FromArray()),
    });

    private bool IsBounded => Minimum is not null || Maximum is not null;

    private SampleSet Within(Shape shape, IntegerType? type) => RandomSamples.CreateWithin(shape, Count, type, Minimum, Maximum, Seed);

    /// <summary>Leaves the first position to a shape that stands there.</summary>
    private ModelOrPath UnlessShape(ModelOrPath argument) =>
        MyInvocation.ExpectingInput || !(argument.Value is Tensors.Shape or Array || Given.IsNumber(argument.Value))
            ? argument
            : throw new PSInvalidOperationException($"A model is wanted, but {Given.Describe(argument.Value)} was given.");

    private SampleSet FromArray()
    {
        var array = PlainArray.From(InputObject);
        return SampleSet.FromArray(array.Values, new Shape(Shape ?? array.SampleDimensions), Label, Name);
    }
}

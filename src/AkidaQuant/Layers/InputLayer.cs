using AkidaQuant.Execution;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Layers;

/// <summary>Where samples enter a model.</summary>
[LayerClass("InputLayer")]
public sealed record InputLayer : Layer
{
    /// <summary>The shape of one sample; dimensions may be unknown until samples come.</summary>
    public required Shape Shape { get; init; }

    /// <summary>The integer type of the samples; none for float samples.</summary>
    public IntegerType? Type { get; init; }

    /// <inheritdoc/>
    public override int? OutputBits => Type?.Bits();

    /// <summary>
    /// Whether samples come as (channels, rows, columns), as networks from PyTorch take them; they are turned as they are
    /// loaded. Samples of the layer's own <see cref="Shape"/>, channels last, are taken as they are.
    /// </summary>
    public bool IsChannelsFirst { get; init; }

    /// <summary>
    /// Whether the network was imported from an ONNX file. The reference quantizes such networks by other rules than those from
    /// Keras, so that their ranges may be chosen freely. Models keep it from rewrite to rewrite, and so do files that this module writes.
    /// </summary>
    public bool IsFromOnnx { get; init; }

    /// <summary>
    /// How samples become the tensor of this layer, where a repair made that another one than they are; null where they are as
    /// <see cref="Shape"/> says. Models keep it from rewrite to rewrite, and so do files.
    /// </summary>
    public SampleForm? Form { get; init; }

    /// <summary>The shape of the samples that callers give, channels last.</summary>
    public Shape SampleShape => Form?.Shape ?? Shape;

    /// <summary>The integer type of the samples that callers give; null for floats.</summary>
    public IntegerType? SampleType => Form?.Type ?? Type;

    /// <summary>
    /// The scheme that the network is quantized with where none is given, as a repair for a processor asks for it; null for the
    /// usual one. Models keep it from rewrite to rewrite, and so do files.
    /// </summary>
    public QuantizationParams? Scheme { get; init; }

    /// <summary>
    /// The batch that a file fixes, <see cref="Shape.Unknown"/> for any. It is for files and summaries only: models run
    /// with every batch.
    /// </summary>
    public int BatchSize { get; init; } = Shape.Unknown;

    /// <inheritdoc/>
    public override int InputCount => 0;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
    [
        new("batch_input_shape", LayerArguments.ListOf(Shape.Prepend(BatchSize))),
        new("dtype", Type?.FileName() ?? Kept("dtype", "float32").Value),
        Kept("sparse", false),
        Kept("ragged", false),
    ];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static InputLayer Read(LayerArguments arguments)
    {
        int[] dimensions = arguments.Dimensions("batch_input_shape") ?? arguments.Dimensions("batch_shape")
            ?? throw arguments.Wrong("batch_input_shape", null, "the shape of the input");
        if (dimensions.Length == 0 || dimensions.Any(dimension => dimension is 0 or < Shape.Unknown))
        {
            throw arguments.Wrong(
                "batch_input_shape",
                arguments["batch_input_shape"] ?? arguments["batch_shape"],
                "the batch and positive dimensions");
        }

        string type = arguments.Text("dtype", "float32");
        IntegerType? integerType = IntegerTypes.Parse(type);
        if (
            integerType is null
            && !type.StartsWith("float", StringComparison.Ordinal)
            && !type.StartsWith("bfloat", StringComparison.Ordinal))
        {
            throw arguments.Wrong("dtype", type, "an integer type of at most 32 bits or a float type");
        }

        return new InputLayer { Name = arguments.Name, Shape = new Shape(dimensions[1..]), Type = integerType, BatchSize = dimensions[0] };
    }

    /// <summary>The tensor that samples become: integers without fractional bits when the input is typed.</summary>
    public TensorSpec Spec(bool quantized) => quantized && Type is { } type
        ? new QuantizedSpec(Shape, type.ValueBits(), ScalarOrVector<int>.Scalar(0), null, type.Range())
        : new FloatSpec(Shape);

    /// <summary>The integers that samples must be, with their name for errors; null for any values.</summary>
    internal (ValueRange Range, string Name)? Integers => Type is { } type ? (type.Range(), type.FileName()) : null;

    /// <summary>
    /// This layer for a tensor of another shape; an image that was turned still is, and other forms are those of one shape.
    /// </summary>
    internal InputLayer WithShape(Shape shape) => shape == Shape ? this : this with
    {
        Shape = shape,
        Form = Form is { IsTurned: true } form && form.Shape == Shape ? form with { Shape = shape } : null,
    };

    /// <summary>Samples as this input takes them, channels last; those of a network from PyTorch may have them first.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="model">The model, for errors.</param>
    /// <exception cref="QuantException">They have another shape.</exception>
    internal SampleSet Fit(SampleSet samples, string model) => Form is { } form
        ? form.Fit(samples, Shape, IsChannelsFirst, model)
        : SampleInput.FitChannelsLast(samples, Shape, IsChannelsFirst, model);

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) => PreparedLayer.View(inputs[0]);
}

using AkidaQuant.Execution;
using AkidaQuant.Kernels.Storage;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Layers;

/// <summary>Axes in another order, in float.</summary>
[LayerClass("Permute")]
public sealed record Permute : Layer
{
    /// <summary>For each axis of the output the axis of the input, counted from 1 and without the batch.</summary>
    public required IReadOnlyList<int> Dims { get; init; }

    /// <inheritdoc/>
    public override bool RequiresAlignedInputs => true;

    /// <inheritdoc/>
    public override bool MovesChannels(Shape input, Shape output) => Dims[^1] != Dims.Count;

    /// <inheritdoc/>
    public override string? QuantizationObstacle => null;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Serialize(Dims);

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Permute Read(LayerArguments arguments) => new() { Name = arguments.Name, Dims = ReadDims(arguments) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        return new PreparedLayer(new FloatSpec(Permuted(this, input, Dims)), () =>
        {
            Rearrangement rearrangement = Rearrangement.Transpose(input, Order(Dims));
            return (tensors, output, batch) => rearrangement.Run((FloatData)tensors[0], (FloatData)output, batch);
        });
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings.RefuseAny(Name, settings);
        return new QuantizedPermute { Name = Name, Dims = Dims };
    }

    internal static IEnumerable<KeyValuePair<string, object?>> Serialize(IReadOnlyList<int> dims) =>
        [new("dims", LayerArguments.ListOf(new Shape([.. dims])))];

    internal static IReadOnlyList<int> ReadDims(LayerArguments arguments)
    {
        int[] dims = arguments.Dimensions("dims") ?? [];
        return dims.Length > 0 && dims.Order().SequenceEqual(Enumerable.Range(1, dims.Length))
            ? dims
            : throw arguments.Wrong("dims", arguments["dims"], "the numbers 1, 2, … of the axes in any order");
    }

    internal static int[] Order(IReadOnlyList<int> dims) => [.. dims.Select(dim => dim - 1)];

    internal static Shape Permuted(Layer layer, Shape input, IReadOnlyList<int> dims) => input.Rank == dims.Count
        ? new Shape([.. dims.Select(dim => input[dim - 1])])
        : throw new QuantException(
            "LayerInputMismatch",
            QuantErrorKind.InvalidData,
            $"Layer '{layer.Name}' ({layer.ClassName}): it orders {dims.Count} axes, but its input has the shape {input}.",
            layer.Name);
}

/// <summary>The axes of integers in another order (layers.md 8).</summary>
[LayerClass("Custom>QuantizedPermute", Module = "quantizeml.layers.reshaping.permute")]
public sealed record QuantizedPermute : QuantizedLayer
{
    /// <summary>For each axis of the output the axis of the input, counted from 1 and without the batch.</summary>
    public required IReadOnlyList<int> Dims { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Permute.Serialize(Dims);

    /// <inheritdoc/>
    public override Layer ToFloat() => new Permute { Name = Name, Dims = Dims };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedPermute Read(LayerArguments arguments) => new() { Name = arguments.Name, Dims = Permute.ReadDims(arguments) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec input = FixedPointInput(inputs);
        Shape output = Permute.Permuted(this, input.Shape, Dims);
        if (!input.IsPerTensor && Dims[^1] != Dims.Count)
        {
            throw DoesNotFit(
                "it moves the channels of an input that is quantized per-axis. Quantize with per-tensor activations, or set the axis of the output_quantizer before it to 'per-tensor'.");
        }

        return new PreparedLayer(input with { Shape = output, FracBits = Bits(input) }, () =>
        {
            Rearrangement rearrangement = Rearrangement.Transpose(input.Shape, Permute.Order(Dims));
            return (tensors, result, batch) => rearrangement.Run((IntegerData)tensors[0], (IntegerData)result, batch);
        });
    }

    /// <summary>Fractional bits of one channel serve the tensor, wherever that channel goes.</summary>
    private ScalarOrVector<int> Bits(QuantizedSpec input) =>
        Dims[^1] == Dims.Count ? input.FracBits : ScalarOrVector<int>.Scalar(input.FracBits[0]);
}

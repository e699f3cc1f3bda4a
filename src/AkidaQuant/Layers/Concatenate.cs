using AkidaQuant.Execution;
using AkidaQuant.Kernels.Storage;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Text;

namespace AkidaQuant.Layers;

/// <summary>Tensors joined along an axis, in float.</summary>
[LayerClass("Concatenate")]
public sealed record Concatenate : Layer
{
    /// <summary>The axis, the batch counted as 0, negative from the end.</summary>
    public int Axis { get; init; } = -1;

    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override bool RequiresAlignedInputs => true;

    /// <inheritdoc/>
    public override string? QuantizationObstacle => null;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("axis", (long)Axis)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Concatenate Read(LayerArguments arguments) => new() { Name = arguments.Name, Axis = arguments.Int("axis", -1) };

    /// <inheritdoc/>
    public override bool TakesInputs(int count) => count >= 2;

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape[] shapes = [.. inputs.Select((_, index) => FloatInput(inputs, index).Shape)];
        (Shape output, int axis) = Join(this, Axis, shapes);
        return PreparedLayer.Divided(new FloatSpec(output), () =>
        {
            Concatenation concatenation = new(Array.ConvertAll(shapes, shape => Concatenation.Run(shape, axis)));
            return (tensors, result, batch, share) => concatenation.Run(tensors, (FloatData)result, batch, share);
        });
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings.RefuseAny(Name, settings);
        return new QuantizedConcatenate { Name = Name, Axis = Axis, Settings = [] };
    }

    /// <summary>The joined shape, and the axis of shapes without the batch.</summary>
    internal static (Shape Output, int Axis) Join(Layer layer, int axis, IReadOnlyList<Shape> shapes)
    {
        int rank = shapes[0].Rank;
        int joined = axis < 0 ? axis + rank : axis - 1;
        if (joined < 0 || joined >= rank)
        {
            throw Mismatch(
                $"its axis is {axis}, but its inputs have the shape {shapes[0]} behind the batch. Join them along one of these axes.");
        }

        int[] output = shapes[0].ToArray();
        foreach (Shape shape in shapes.Skip(1))
        {
            for (int i = 0; i < rank; i++)
            {
                if (shape.Rank != rank || (i != joined && shape[i] != output[i]))
                {
                    throw Mismatch($"its inputs must have the same shape but for axis {axis}, but they have {shapes[0]} and {shape}.");
                }
            }

            output[joined] =
                output[joined] == Shape.Unknown || shape[joined] == Shape.Unknown ? Shape.Unknown : output[joined] + shape[joined];
        }

        return (new Shape(output), joined);

        QuantException Mismatch(string problem) => new(
            "LayerInputMismatch", QuantErrorKind.InvalidData, $"Layer '{layer.Name}' ({layer.ClassName}): {problem}", layer.Name);
    }
}

/// <summary>Two tensors of integers joined; along the last axis each channel keeps its fractional bits (layers.md 7.2).</summary>
[LayerClass("Custom>QuantizedConcatenate", Module = "quantizeml.layers.multi_inbounds")]
public sealed record QuantizedConcatenate : QuantizedLayer
{
    /// <summary>The axis, the batch counted as 0, negative from the end.</summary>
    public int Axis { get; init; } = -1;

    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("axis", (long)Axis), new("quant_config", Settings ?? [])];

    /// <inheritdoc/>
    public override Layer ToFloat() => new Concatenate { Name = Name, Axis = Axis };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedConcatenate Read(LayerArguments arguments)
    {
        QuantizerSettings.RefuseAny(arguments.Name, arguments.Settings());
        return new QuantizedConcatenate { Name = arguments.Name, Axis = arguments.Int("axis", -1), Settings = [] };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec left = FixedPointInput(inputs);
        QuantizedSpec right = FixedPointInput(inputs, 1);
        (Shape shape, int axis) = Concatenate.Join(this, Axis, [left.Shape, right.Shape]);
        ValueRange range = new(Math.Min(left.Range.Min, right.Range.Min), Math.Max(left.Range.Max, right.Range.Max));
        QuantizedSpec output = new(shape, Math.Max(left.ValueBits, right.ValueBits), FracBits(left, right, axis), null, range);
        return PreparedLayer.Divided(output, () =>
        {
            Concatenation concatenation = new(Concatenation.Run(left.Shape, axis), Concatenation.Run(right.Shape, axis));
            return (tensors, result, batch, share) => concatenation.Run(tensors, (IntegerData)result, batch, share);
        });
    }

    private ScalarOrVector<int> FracBits(QuantizedSpec left, QuantizedSpec right, int axis)
    {
        int[] first = Expand(left);
        int[] second = Expand(right);
        if (axis == left.Shape.Rank - 1)
        {
            return ScalarOrVector<int>.Vector([.. first, .. second]);
        }

        return first.AsSpan().SequenceEqual(second)
            ? left.FracBits
            : throw DoesNotFit(
                $"joining along axis {Axis} needs inputs with the same fractional bits, but they have {Listing.Of(first)} and {Listing.Of(second)}. Join along the channels, or put a convolution behind each input whose output_quantizer has the same range.");
    }

    private static int[] Expand(QuantizedSpec spec) =>
        spec.HasScalarFracBits
            ? ScalarOrVector<int>.Scalar(spec.FracBits[0]).Expand(spec.Shape.Channels)
            : spec.FracBits.Expand(spec.Shape.Channels);
}

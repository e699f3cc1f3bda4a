using AkidaQuant.Execution;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Layers;

/// <summary>The same values under another shape, in float.</summary>
[LayerClass("Reshape")]
public sealed record Reshape : Layer
{
    /// <summary>The shape without the batch; one dimension may be unknown and is worked out.</summary>
    public required Shape TargetShape { get; init; }

    /// <inheritdoc/>
    public override string? QuantizationObstacle => null;

    /// <inheritdoc/>
    public override bool MovesChannels(Shape input, Shape output) => output.Channels != input.Channels;

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Reshapes;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("target_shape", WriteTarget(TargetShape))];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Reshape Read(LayerArguments arguments) => new() { Name = arguments.Name, TargetShape = ReadTarget(arguments) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        PreparedLayer.View(new FloatSpec(Resolve(this, FloatInput(inputs).Shape, TargetShape)));

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings.RefuseAny(Name, settings);
        return new QuantizedReshape { Name = Name, TargetShape = TargetShape };
    }

    internal static Shape ReadTarget(LayerArguments arguments)
    {
        int[] target = arguments.Dimensions("target_shape") ?? throw arguments.Wrong("target_shape", null, "a list of dimensions");
        return target.Count(dimension => dimension == Shape.Unknown) <= 1 && target.All(dimension => dimension is Shape.Unknown or > 0)
            ? new Shape(target)
            : throw arguments.Wrong("target_shape", arguments["target_shape"], "positive dimensions, at most one of them -1");
    }

    internal static object WriteTarget(Shape target) => Array.ConvertAll(target.ToArray(), dimension => (object?)(long)dimension);

    internal static Shape Resolve(Layer layer, Shape input, Shape target)
    {
        if (!input.IsKnown)
        {
            return target;
        }

        long known = 1;
        foreach (int dimension in target)
        {
            known = Math.Min(known * (dimension == Shape.Unknown ? 1 : dimension), int.MaxValue);
        }

        int size = input.Size;
        int[] resolved = Array.ConvertAll(target.ToArray(), dimension => dimension == Shape.Unknown ? (int)(size / known) : dimension);
        return (target.IsKnown ? known : known * (size / known)) == size
            ? new Shape(resolved)
            : throw new QuantException(
                "LayerInputMismatch",
                QuantErrorKind.InvalidData,
                $"Layer '{layer.Name}' ({layer.ClassName}): its input {input} has {size} values and cannot take the shape {target}.",
                layer.Name);
    }
}

/// <summary>The same integers under another shape (layers.md 8).</summary>
[LayerClass("Custom>QuantizedReshape", Module = "quantizeml.layers.reshaping.reshape")]
public sealed record QuantizedReshape : QuantizedLayer
{
    /// <summary>The shape without the batch; one dimension may be unknown and is worked out.</summary>
    public required Shape TargetShape { get; init; }

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Reshapes;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("target_shape", Reshape.WriteTarget(TargetShape))];

    /// <inheritdoc/>
    public override Layer ToFloat() => new Reshape { Name = Name, TargetShape = TargetShape };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedReshape Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, TargetShape = Reshape.ReadTarget(arguments) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec input = QuantizedInput(inputs);
        Shape output = Reshape.Resolve(this, input.Shape, TargetShape);
        return input.IsPerTensor || output.Channels == input.Shape.Channels
            ? PreparedLayer.View(input with { Shape = output })
            : throw DoesNotFit(
                "it changes the last dimension of an input that is quantized per-axis. Quantize with per-tensor activations, or set the axis of the output_quantizer before it to 'per-tensor'.");
    }
}

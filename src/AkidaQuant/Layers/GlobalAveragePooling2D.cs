using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics;

namespace AkidaQuant.Layers;

/// <summary>The mean over all positions of an image, in float.</summary>
[LayerClass("GlobalAveragePooling2D")]
public sealed record GlobalAveragePooling2D : Layer
{
    /// <summary>Whether the output keeps its two spatial axes, of size 1.</summary>
    public bool KeepDims { get; init; }

    /// <inheritdoc/>
    public override bool CanHoldOutputQuantizer => true;

    /// <inheritdoc/>
    public override bool PassesActivationBits => true;

    /// <inheritdoc/>
    public override string? QuantizationObstacle => null;

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Passes;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [LayerArguments.ChannelsLast, new("keepdims", KeepDims)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static GlobalAveragePooling2D Read(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        return new GlobalAveragePooling2D { Name = arguments.Name, KeepDims = arguments.Bool("keepdims", false) };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        long work = (long)input.Size * Stage.WorkOfElement;
        return PreparedLayer.Divided(new FloatSpec(Reduce(this, input, KeepDims)), () =>
        {
            GlobalAveragePooling pooling = new(input[0] * input[1], input.Channels);
            return (tensors, output, batch, share) =>
                pooling.Run(((FloatData)tensors[0]).Values(batch), ((FloatData)output).Values(batch), batch, share);
        }, work);
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings complete = new QuantizerSettings(Name, settings).CompleteBuffer(context.BufferBits, limited: false);
        return new QuantizedGlobalAveragePooling2D
        {
            Name = Name,
            KeepDims = KeepDims,
            Settings = complete.Settings,
            OutputQuantizer = complete.Output(1),
        };
    }

    internal static Shape Reduce(Layer layer, Shape input, bool keepDims) => input.Rank == 3
        ? keepDims ? new Shape(1, 1, input.Channels) : new Shape(input.Channels)
        : throw new QuantException(
            "LayerInputMismatch",
            QuantErrorKind.InvalidData,
            $"Layer '{layer.Name}' ({layer.ClassName}): its input must have the shape (height, width, channels), but it has {input}.",
            layer.Name);
}

/// <summary>
/// The sum over all positions; the division is part of the scale, so that only the output quantizer rounds
/// (layers.md 6.2).
/// </summary>
[LayerClass("Custom>QuantizedGlobalAveragePooling2D", Module = "quantizeml.layers.pooling")]
public sealed record QuantizedGlobalAveragePooling2D : QuantizedLayer
{
    /// <summary>Whether the output keeps its two spatial axes, of size 1.</summary>
    public bool KeepDims { get; init; }

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Passes;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [LayerArguments.ChannelsLast, new("keepdims", KeepDims), new("quant_config", Settings ?? [])];

    /// <inheritdoc/>
    public override Layer ToFloat() => new GlobalAveragePooling2D { Name = Name, KeepDims = KeepDims };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedGlobalAveragePooling2D Read(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        QuantizerSettings settings = new(arguments.Name, arguments.Settings());
        return new QuantizedGlobalAveragePooling2D
        {
            Name = arguments.Name,
            KeepDims = arguments.Bool("keepdims", false),
            Settings = settings.Settings,
            OutputQuantizer = settings.Output(1),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        int valueBits = new QuantizerSettings(Name, Settings).BufferBitwidth;
        (QuantizedSpec input, int[]? shift) = Align(QuantizedInput(inputs), valueBits, recorded);
        Shape output = GlobalAveragePooling2D.Reduce(this, input.Shape, KeepDims);
        if (!input.Shape.IsKnown)
        {
            throw DoesNotFit($"the size of its input {input.Shape} is not known. Give the model an input shape, or samples.");
        }

        int positions = input.Shape[0] * input.Shape[1];
        ScalarOrVector<float> scales = input.Scales is { } given
            ? given.Map(scale => Rounding.DivideByConstant(scale, positions))
            : ScalarOrVector<float>.Scalar((float)(1.0 / positions));
        LayerTail tail = LayerTail.OfIntegers(input.Shape, input.Range);
        tail.AddSum(output, shift, AccumulatorWidth.Saturating(valueBits));
        QuantizedSpec sum = new(output, valueBits, input.FracBits, scales, tail.Range)
        {
            HasConstantScales = !input.IsQFloat || input.HasConstantScales,
        };
        return QuantizedTail.Create(this, sum, tail, recorded).Prepare(null);
    }
}

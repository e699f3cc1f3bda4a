using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Layers;

/// <summary>A factor and an offset, one or one a channel, in float.</summary>
[LayerClass("Rescaling")]
public sealed record Rescaling : Layer
{
    /// <summary>The factor: one, or one a channel.</summary>
    public required double[] Scale { get; init; }

    /// <summary>What is added: one, or one a channel.</summary>
    public double[] Offset { get; init; } = [0];

    /// <inheritdoc/>
    public override string? QuantizationObstacle =>
        Scale.Length != 1 ? "its scale is one a channel and could not be folded into the next layer"
        : Offset.Any(value => value != 0) ? "its offset is not 0 and could not be folded into the next layer" : null;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [new("scale", LayerArguments.NumberOrList(Scale)), new("offset", Offset is [0] ? 0L : LayerArguments.NumberOrList(Offset))];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Rescaling Read(LayerArguments arguments) =>
        new()
        {
            Name = arguments.Name,
            Scale = arguments.Numbers("scale") is { Length: > 0 } scale
                ? scale
                : throw arguments.Wrong("scale", arguments["scale"], "a number, or one a channel"),
            Offset = arguments.Numbers("offset") is { Length: > 0 } offset ? offset : [0],
        };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        FloatSpec input = FloatInput(inputs);
        int channels = input.Shape.Channels;
        if ((Scale.Length != 1 && Scale.Length != channels) || (Offset.Length != 1 && Offset.Length != channels))
        {
            throw DoesNotFit(
                $"it has {Scale.Length} scales and {Offset.Length} offsets, but its input {input.Shape} has {channels} channels.");
        }

        return PreparedLayer.OfFunction(
            input.Shape, () => new ChannelAffine(null, PerChannel(Scale, channels), PerChannel(Offset, channels)).Finish);
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings.RefuseAny(Name, settings);
        return new QuantizedRescaling { Name = Name, Scale = Scale[0] };
    }

    private static float[] PerChannel(double[] values, int channels)
    {
        float[] result = new float[channels];
        for (int i = 0; i < channels; i++)
        {
            result[i] = (float)values[values.Length == 1 ? 0 : i];
        }

        return result;
    }
}

/// <summary>A factor that only changes the scale of the integers (layers.md 8).</summary>
[LayerClass("Custom>QuantizedRescaling", Module = "quantizeml.layers.rescaling")]
public sealed record QuantizedRescaling : QuantizedLayer
{
    /// <summary>The factor.</summary>
    public required double Scale { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("scale", Scale), new("offset", 0L)];

    /// <inheritdoc/>
    public override Layer ToFloat() => new Rescaling { Name = Name, Scale = [Scale] };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedRescaling Read(LayerArguments arguments) => arguments.Numbers("scale") is [double scale]
        && (arguments.Numbers("offset") ?? [0]).All(offset => offset == 0)
        ? new QuantizedRescaling { Name = arguments.Name, Scale = scale }
        : throw arguments.Wrong("scale", arguments["scale"], "one number, with an offset of 0");

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec input = QuantizedInput(inputs);
        float factor = (float)Scale;
        ScalarOrVector<float> scales = input.Scales is { } given
            ? given.Map(scale => scale * factor)
            : ScalarOrVector<float>.Scalar(factor);
        return float.IsFinite(factor) && factor > 0 && scales.Span.IndexOfAnyExceptInRange(float.Epsilon, float.MaxValue) < 0
            ? PreparedLayer.View(input with { Scales = scales, HasConstantScales = !input.IsQFloat || input.HasConstantScales })
            : throw DoesNotFit($"its scale {Scale} is not a positive number that float32 can hold.");
    }
}

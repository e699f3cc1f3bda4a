using System.Numerics.Tensors;
using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>The rectifier, bounded or not, in float.</summary>
[LayerClass("ReLU")]
public sealed record ReLU : Layer
{
    /// <summary>The largest output; null for none.</summary>
    public float? MaxValue { get; init; }

    /// <summary>The slope below the threshold.</summary>
    public float NegativeSlope { get; init; }

    /// <summary>The value from which inputs pass.</summary>
    public float Threshold { get; init; }

    /// <inheritdoc/>
    public override bool IsActivation => true;

    /// <inheritdoc/>
    public override bool NeverFalls => NegativeSlope >= 0 && Threshold >= 0;

    /// <inheritdoc/>
    public override bool IsNeverNegative => NegativeSlope <= 0 && Threshold >= 0;

    /// <inheritdoc/>
    public override bool CanHoldOutputQuantizer => true;

    /// <inheritdoc/>
    public override string? QuantizationObstacle =>
        NegativeSlope != 0 ? $"its negative slope is {NegativeSlope}, and only 0 has a quantized form"
        : Threshold != 0 ? $"its threshold is {Threshold}, and only 0 has a quantized form" : null;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => 
    [
        new("max_value", (double?)MaxValue),
        new("negative_slope", (double)NegativeSlope),
        new("threshold", (double)Threshold),
    ];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static ReLU Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        MaxValue = ReadMaxValue(arguments),
        NegativeSlope = (float)arguments.Number("negative_slope", 0),
        Threshold = (float)arguments.Number("threshold", 0),
    };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        PreparedLayer.OfFunction(FloatInput(inputs).Shape, () => (values, _) => Rectify(values));

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings complete = new QuantizerSettings(Name, settings, "max_value_quantizer").CompleteBuffer(
            context.BufferBits,
            limited: false);
        return new QuantizedReLU
        {
            Name = Name,
            MaxValue = MaxValue,
            Settings = complete.Settings,
            OutputQuantizer = complete.Output(1),
        };
    }

    /// <summary>The largest output; null for none.</summary>
    internal static float? ReadMaxValue(LayerArguments arguments)
    {
        double? most = arguments.OptionalNumber("max_value");
        arguments.RequireWritten("max_value", most is null or >= 0, "a number from 0 on");
        return (float?)most;
    }

    private void Rectify(Span<float> values)
    {
        if (NegativeSlope == 0 && Threshold == 0)
        {
            FloatVectors.Rectify(values, MaxValue ?? float.PositiveInfinity);
            return;
        }

        foreach (ref float value in values)
        {
            value = value >= Threshold ? value : NegativeSlope * (value - Threshold);
        }

        if (MaxValue is { } most)
        {
            TensorPrimitives.Min(values, most, values);
        }
    }
}

/// <summary>The rectifier in integers (layers.md 5.1).</summary>
[LayerClass("Custom>QuantizedReLU", Module = "quantizeml.layers.activations")]
public sealed record QuantizedReLU : QuantizedLayer
{
    /// <summary>The largest output; null for none.</summary>
    public float? MaxValue { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [new("quant_config", Settings ?? []), new("max_value", (double?)MaxValue)];

    /// <inheritdoc/>
    public override Layer ToFloat() => new ReLU { Name = Name, MaxValue = MaxValue };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedReLU Read(LayerArguments arguments)
    {
        QuantizerSettings settings = new(arguments.Name, arguments.Settings(), "max_value_quantizer");
        return new QuantizedReLU
        {
            Name = arguments.Name,
            MaxValue = arguments.Has("max_value") ? ReLU.ReadMaxValue(arguments) : 6f,
            Settings = settings.Settings,
            OutputQuantizer = settings.Output(1),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        QuantizerSettings settings = new(Name, Settings, "max_value_quantizer");
        QuantizedSpec input = Promote(QuantizedInput(inputs), settings.BufferBitwidth);
        input = input with { Scales = input.Scales ?? ScalarOrVector<float>.Scalar(1f) };
        int channels = input.Shape.Channels;
        long[]? maximum = null;
        if (MaxValue is { } most)
        {
            (int bitwidth, bool signed) = settings.Aligned("max_value_quantizer", signed: false);
            AlignedTensor aligned = QuantizedTail.Align(
                this, "max_value_quantizer", NdArray<float>.Scalar(most), input, bitwidth, signed, recorded);
            maximum = aligned.Values.Expand(channels);
        }

        LayerTail tail = LayerTail.OfIntegers(input.Shape, input.Range);
        tail.AddRectification(maximum);
        return QuantizedTail.Create(this, input, tail, recorded).Prepare(null);
    }
}

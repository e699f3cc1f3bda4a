using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>
/// Says for each channel whether a prediction lies far from what came: whether the mean distance over time is at least a
/// threshold, in float (layers.md 10.3). The second input is the model's own.
/// </summary>
[LayerClass("Custom>PicoPostProcessing", Module = "quantizeml.layers.stateful_recurrent")]
public sealed record PicoPostProcessing : Layer
{
    /// <summary>The least mean distance that gives 1.</summary>
    public required double Threshold { get; init; }

    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override string? QuantizationObstacle => null;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("threshold", Threshold)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static PicoPostProcessing Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, Threshold = ReadThreshold(arguments) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape sequence = ExpectSequences(this, FloatInput(inputs).Shape, FloatInput(inputs, 1).Shape);
        return new PreparedLayer(new FloatSpec(new Shape(sequence[1])), () =>
        {
            DeviationThreshold comparison = new(sequence[0], sequence[1]);
            return (tensors, output, batch) =>
                comparison.Run(
                    ((FloatData)tensors[0]).Values(batch),
                    ((FloatData)tensors[1]).Values(batch),
                    (float)Threshold,
                    ((FloatData)output).Values(batch));
        });
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context) => new QuantizedPicoPostProcessing
    {
        Name = Name,
        Threshold = Threshold,
        Settings = QuantizedPicoPostProcessing.Complete(Name, settings).Settings,
        OutputQuantizer = QuantizedPicoPostProcessing.PredictionQuantizer,
    };

    internal static double ReadThreshold(LayerArguments arguments) =>
        arguments.OptionalNumber("threshold") is { } threshold && double.IsFinite(threshold)
            ? threshold
            : throw arguments.Wrong("threshold", arguments["threshold"], "a number");

    /// <summary>The shape of both inputs, checked.</summary>
    /// <exception cref="QuantException">They are no sequences, or differ.</exception>
    internal static Shape ExpectSequences(Layer layer, Shape prediction, Shape target) =>
        prediction.Rank == 2 && prediction == target
            ? prediction
            : throw new QuantException(
                "LayerInputMismatch",
                QuantErrorKind.InvalidData,
                $"Layer '{layer.Name}' ({layer.ClassName}): its inputs must be two sequences (time steps, channels) of the same shape, but they are {prediction} and {target}.",
                layer.Name);
}

/// <summary>
/// The comparison in integers (layers.md 10.3): the prediction is quantized to 16 bits without fractional bits, the
/// target is the model's integer input.
/// </summary>
[LayerClass("Custom>QuantizedPicoPostProcessing", Module = "quantizeml.layers.stateful_recurrent")]
public sealed record QuantizedPicoPostProcessing : QuantizedLayer
{
    /// <summary>Magnitude bits of prediction, target and distance.</summary>
    internal const int ValueBits = 15;

    private const int LeastBuffer = 44;

    /// <summary>The least mean distance that gives 1.</summary>
    public required double Threshold { get; init; }

    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables =>
    [
        new Variable($"{Name}/range_max:0", Range, Trainable: false) { Owner = OutputQuantizerOwner },
        new Variable($"{Name}/rescaling_rate:0", Predictions.RescalingRate, Trainable: false) { Owner = OutputQuantizerOwner },
    ];

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [new("threshold", Threshold), new("quant_config", Settings ?? [])];

    /// <summary>The quantizer of the predictions before its ranges are known.</summary>
    internal static OutputQuantizer PredictionQuantizer { get; } = new()
    {
        Bitwidth = ValueBits + 1,
        PerAxis = true,
        ScaleBits = 16,
        BufferBitwidth = LeastBuffer,
        RangeMax = NdArray<float>.Vector([1f]),
        RescalingRate = NdArray<float>.Vector([1f]),
    };

    /// <summary>The least whole mean distance that gives 1.</summary>
    internal long WholeThreshold => (long)Math.Ceiling(Math.Clamp(Threshold, 0, ushort.MaxValue));

    private OutputQuantizer Predictions =>
        OutputQuantizer ?? throw new InvalidOperationException($"'{Name}' has no quantizer for its predictions.");

    /// <summary>The range that leaves no fractional bits, whatever calibration saw.</summary>
    private NdArray<float> Range => Predictions.RangeMax.Map(_ => (float)(1 << ValueBits));

    /// <inheritdoc/>
    public override Layer ToFloat() => new PicoPostProcessing { Name = Name, Threshold = Threshold };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedPicoPostProcessing Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Threshold = PicoPostProcessing.ReadThreshold(arguments),
        Settings = Complete(arguments.Name, arguments.Settings()).Settings,
        OutputQuantizer = PredictionQuantizer,
    };

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, 2);
        return this with { OutputQuantizer = OutputFrom(values) };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        QuantizedSpec prediction = QuantizedInput(inputs);
        QuantizedSpec target = QuantizedInput(inputs, 1);
        Shape sequence = PicoPostProcessing.ExpectSequences(this, prediction.Shape, target.Shape);
        if (target.IsQFloat || target.FracBits.Span.ContainsAnyExcept(0))
        {
            throw DoesNotFit(
                "its second input must be plain integers, the input of the model itself. Give the model an integer input type.");
        }

        int channels = sequence[1];
        OutputQuantizer quantizer = Predictions;
        OutputStage stage = OutputQuantization.Derive(
            prediction.Scales, prediction.FracBits, prediction.ValueBits, Range, quantizer.RescalingRate,
            quantizer.Bitwidth, quantizer.Signed, quantizer.ScaleBits, quantizer.BufferBitwidth, Name);
        Record(recorded, stage, quantizer.RescalingRate);
        QuantizedSpec output = new(new Shape(channels), 1, ScalarOrVector<int>.Scalar(0), null, new ValueRange(0, 1));
        return new PreparedLayer(output, () =>
        {
            ValueRange range = ValueRange.OfBits(ValueBits);
            OutputScaling step = new(
                channels, stage.Scales?.Mantissas.Expand(channels), stage.Shift.Expand(channels), stage.ScaledValueBits, range);
            IntegerFinish scaling = new(channels, prediction.Range, range, [step]);
            DeviationThreshold comparison = new(sequence[0], channels);
            return (tensors, result, batch) =>
            {
                using var predictions = IntegerData.Rent(sequence.Size, batch, IntegerStorage.Int16);
                scaling.Run((IntegerData)tensors[0], predictions, batch);
                comparison.Run(predictions, (IntegerData)tensors[1], ValueBits, WholeThreshold, (IntegerData)result, batch);
            };
        })
        {
            Recorded = recorded,
        };
    }

    /// <summary>The settings, the buffer at least as wide as predictions need.</summary>
    internal static QuantizerSettings Complete(string name, QuantSettings? settings)
    {
        QuantizerSettings complete = new QuantizerSettings(name, settings).CompleteBuffer(LeastBuffer, limited: false);
        complete.Settings["buffer_bitwidth"] = Math.Max(LeastBuffer, complete.BufferBitwidth);
        return complete;
    }

    private void Record(RecordedVariables recorded, OutputStage stage, NdArray<float> rate)
    {
        recorded.Add("out_quantizer/shift", stage.Shift.ToArray());
        recorded.Add("out_quantizer/range_max", Range);
        recorded.Add("out_quantizer/rescaling_rate", rate);
        if (stage.Scales is { } scales)
        {
            recorded.Add(
                "out_quantizer/qscales",
                new RecordedTensor(scales.Mantissas.ToArray().Map(mantissa => (long)mantissa), scales.ValueBits, scales.FracBits));
        }
    }
}

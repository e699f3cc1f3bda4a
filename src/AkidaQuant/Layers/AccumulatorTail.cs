using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>Computes the accumulators of <paramref name="batch"/> samples.</summary>
internal delegate void LinearPart(ReadOnlySpan<TensorData> inputs, IntegerData accumulators, int batch);

/// <summary>
/// What follows the linear part of a quantized layer: the aligned bias, then the output quantizer
/// (layers.md 2.4 and 2.5).
/// </summary>
internal sealed class AccumulatorTail
{
    private readonly QuantizedSpec _accumulator;
    private readonly AlignedTensor? _bias;
    private readonly OutputStage? _stage;
    private readonly RecordedVariables _recorded;

    private AccumulatorTail(QuantizedSpec accumulator, AlignedTensor? bias, OutputStage? stage, QuantizedSpec output, RecordedVariables recorded)
    {
        _accumulator = accumulator;
        _bias = bias;
        _stage = stage;
        _recorded = recorded;
        Output = output;
    }

    private QuantizedSpec Output { get; }

    /// <summary>Derives the integers of the bias and the output quantizer and records them.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="accumulator">The result of the linear part.</param>
    /// <param name="bias">The float bias with the width of its quantizer; null for none.</param>
    /// <param name="recorded">Where the integers are recorded.</param>
    public static AccumulatorTail Create(
        QuantizedLayer layer,
        QuantizedSpec accumulator,
        (NdArray<float> Values, int Bitwidth, bool Signed)? bias,
        RecordedVariables recorded)
    {
        AlignedTensor? aligned = null;
        if (bias is { } given)
        {
            aligned = Align(layer, "bias_quantizer", given.Values, accumulator, given.Bitwidth, given.Signed, recorded);
            ReadOnlySpan<long> values = aligned.Values.Span;
            long min = 0;
            long max = 0;
            foreach (long value in values)
            {
                min = Math.Min(min, value);
                max = Math.Max(max, value);
            }

            ValueRange range = new(accumulator.Range.Min + min, accumulator.Range.Max + max);
            accumulator = accumulator with { Range = range.Clamp(ValueRange.OfBits(accumulator.ValueBits)) };
        }

        (OutputStage? stage, QuantizedSpec output) = Quantize(layer, accumulator, recorded);
        return new AccumulatorTail(accumulator, aligned, stage, output, recorded);
    }

    /// <summary>The output quantizer alone, for layers that have no bias.</summary>
    public static AccumulatorTail Create(QuantizedLayer layer, QuantizedSpec accumulator, RecordedVariables recorded) =>
        Create(layer, accumulator, null, recorded);

    /// <summary>Quantizes a value onto the scales and fractional bits of an accumulator, and records it (numerics.md 5.3).</summary>
    public static AlignedTensor Align(
        Layer layer, string quantizer, NdArray<float> value, QuantizedSpec target, int bitwidth, bool signed, RecordedVariables recorded)
    {
        if (target.Scales is not { } scales)
        {
            throw new QuantException(
                "AlignmentNeedsScales",
                QuantErrorKind.NotSupported,
                $"Layer '{layer.Name}' ({layer.ClassName}): its {quantizer} needs an accumulator with scales. Leave fp_quantizer out of its weight_quantizer, or put a Rescaling before it.",
                layer.Name);
        }

        AlignedTensor aligned = AlignedQuantization.Quantize(value, scales, target.FracBits, target.ValueBits, bitwidth, signed, target.HasConstantScales);
        recorded.Add(
            $"{quantizer}/qweights",
            new RecordedTensor(aligned.Values.ToArray(), target.ValueBits, target.FracBits, scales.ToArray()) { Source = value, IsAligned = true });
        recorded.Add($"{quantizer}/shift", aligned.Shift.ToArray());
        return aligned;
    }

    /// <summary>The whole layer: the linear part, then this tail; with what the linear part remembers.</summary>
    public PreparedLayer Prepare(Func<LinearPart> createLinear, IReadOnlyList<TensorSpec>? state = null) =>
        new(Output, () => CreateOperation(createLinear())) { Recorded = _recorded, State = state ?? [] };

    private Operation CreateOperation(LinearPart linear)
    {
        int channels = Output.Shape.Channels;
        BiasAddition? bias = _bias is { } aligned ? new BiasAddition(aligned.Values.Expand(channels), _accumulator.ValueBits) : null;
        if (_stage is not { } stage)
        {
            return (inputs, output, batch) =>
            {
                var accumulators = (IntegerData)output;
                linear(inputs, accumulators, batch);
                bias?.Run(accumulators, batch);
            };
        }

        OutputScaling scaling = new(
            channels, stage.Scales?.Mantissas.Expand(channels), stage.Shift.Expand(channels), stage.ScaledValueBits, ValueRange.OfBits(stage.ValueBits));
        int size = Output.Shape.Size;
        IntegerStorage storage = _accumulator.Storage;
        return (inputs, output, batch) =>
        {
            using var accumulators = IntegerData.Rent(size, batch, storage);
            linear(inputs, accumulators, batch);
            bias?.Run(accumulators, batch);
            scaling.Run(accumulators, (IntegerData)output, batch);
        };
    }

    private static (OutputStage? Stage, QuantizedSpec Output) Quantize(QuantizedLayer layer, QuantizedSpec accumulator, RecordedVariables recorded)
    {
        if (layer.OutputQuantizer is not { } quantizer)
        {
            return (null, accumulator);
        }

        if (quantizer.PerAxis && accumulator.Shape.Rank < 2)
        {
            throw new QuantException(
                "PerAxisNeedsImage",
                QuantErrorKind.NotSupported,
                $"Layer '{layer.Name}' ({layer.ClassName}): its output {accumulator.Shape} has one position only and cannot be quantized per-axis. Set output_quantizer.axis to 'per-tensor'.",
                layer.Name);
        }

        if (quantizer.PerAxis && quantizer.RangeMax.Values.Length != accumulator.Shape.Channels)
        {
            throw new QuantException(
                "RangeShapeMismatch",
                QuantErrorKind.InvalidData,
                $"Layer '{layer.Name}' ({layer.ClassName}): its output quantizer has {quantizer.RangeMax.Values.Length} ranges, but its output {accumulator.Shape} has {accumulator.Shape.Channels} channels. Quantize the float model again.",
                layer.Name);
        }

        OutputStage stage = OutputQuantization.Derive(
            accumulator.Scales, accumulator.FracBits, accumulator.ValueBits, quantizer.RangeMax, quantizer.RescalingRate,
            quantizer.Bitwidth, quantizer.Signed, quantizer.ScaleBits, quantizer.BufferBitwidth, layer.Name);
        recorded.Add("out_quantizer/shift", stage.Shift.ToArray());
        recorded.Add("out_quantizer/range_max", quantizer.RangeMax);
        recorded.Add("out_quantizer/rescaling_rate", quantizer.RescalingRate);
        if (stage.Scales is { } scales)
        {
            recorded.Add("out_quantizer/qscales", new RecordedTensor(scales.Mantissas.ToArray().Map(mantissa => (long)mantissa), scales.ValueBits, scales.FracBits));
        }

        return (stage, new QuantizedSpec(accumulator.Shape, stage.ValueBits, stage.FracBits));
    }
}

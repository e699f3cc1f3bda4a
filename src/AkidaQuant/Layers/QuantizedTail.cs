using AkidaQuant.Execution;
using AkidaQuant.Numerics;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>
/// What follows the linear part of a quantized layer, as quantization derives it: the aligned bias, then the output
/// quantizer (layers.md 2.4 and 2.5).
/// </summary>
internal sealed class QuantizedTail
{
    /// <summary>The id of the error for a bias, bound or border that no accumulator of the layer's steps holds.</summary>
    internal const string BeyondAccumulator = "ValueBeyondAccumulator";

    private readonly LayerTail _tail;
    private readonly QuantizedSpec _output;
    private readonly RecordedVariables _recorded;

    private QuantizedTail(LayerTail tail, QuantizedSpec output, RecordedVariables recorded)
    {
        _tail = tail;
        _output = output;
        _recorded = recorded;
    }

    /// <summary>Derives the integers of the bias and the output quantizer and records them.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="accumulator">The result of the linear part.</param>
    /// <param name="bias">The float bias with the width of its quantizer; null for none.</param>
    /// <param name="recorded">Where the integers are recorded.</param>
    public static QuantizedTail Create(
        QuantizedLayer layer,
        QuantizedSpec accumulator,
        (NdArray<float> Values, int Bitwidth, bool Signed)? bias,
        RecordedVariables recorded)
    {
        LayerTail tail = LayerTail.OfIntegers(accumulator.Shape, accumulator.Range);
        if (bias is { } given)
        {
            AlignedTensor aligned = Align(layer, "bias_quantizer", given.Values, accumulator, given.Bitwidth, given.Signed, recorded);
            tail.AddBias(aligned.Values.Expand(accumulator.Shape.Channels), AccumulatorWidth.Saturating(accumulator.ValueBits));
        }

        return Create(layer, accumulator, tail, recorded);
    }

    /// <summary>The output quantizer alone, for layers that have no bias.</summary>
    public static QuantizedTail Create(QuantizedLayer layer, QuantizedSpec accumulator, RecordedVariables recorded) =>
        Create(layer, accumulator, bias: null, recorded);

    /// <summary>The output quantizer behind steps of the layer's own.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="accumulator">What the steps give; their range is taken from the tail.</param>
    /// <param name="tail">The steps.</param>
    /// <param name="recorded">Where the integers are recorded.</param>
    public static QuantizedTail Create(QuantizedLayer layer, QuantizedSpec accumulator, LayerTail tail, RecordedVariables recorded)
    {
        accumulator = accumulator with { Range = tail.Range };
        if (Derive(layer, accumulator, recorded) is not { } stage)
        {
            return new QuantizedTail(tail, accumulator, recorded);
        }

        int channels = accumulator.Shape.Channels;
        tail.AddScaling(
            stage.Scales?.Mantissas.Expand(channels),
            stage.Shift.Expand(channels),
            stage.ScaledValueBits,
            ValueRange.OfBits(stage.ValueBits));
        return new QuantizedTail(tail, new QuantizedSpec(accumulator.Shape, stage.ValueBits, stage.FracBits), recorded);
    }

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

        AlignedTensor aligned = Aligned();
        recorded.Add(
            $"{quantizer}/qweights",
            new RecordedTensor(aligned.Values.ToArray(), target.ValueBits, target.FracBits, scales.ToArray())
            {
                Source = value,
                IsAligned = true,
            });
        recorded.Add($"{quantizer}/shift", aligned.Shift.ToArray());
        return aligned;

        AlignedTensor Aligned()
        {
            try
            {
                return AlignedQuantization.Quantize(
                    value, scales, target.FracBits, target.ValueBits, bitwidth, signed, target.HasConstantScales);
            }
            catch (QuantException error) when (error.Id == Assertions.Shift)
            {
                throw new QuantException(
                    BeyondAccumulator,
                    QuantErrorKind.NotSupported,
                    $"Layer '{layer.Name}' ({layer.ClassName}): the value of its {quantizer} is more than 2^{target.ValueBits} steps of its accumulator, because its weights or inputs are so small. Quantize the float network again, which gives such a filter a wider scale.",
                    layer.Name,
                    error);
            }
        }
    }

    /// <summary>The whole layer: the linear part, then this tail; with what the linear part remembers.</summary>
    /// <param name="createLinear">
    /// Gives the linear part; null where the steps, one at least, take the layer's input as it is.
    /// </param>
    /// <param name="state">What the linear part remembers.</param>
    public PreparedLayer Prepare(Func<LinearPart>? createLinear, IReadOnlyList<TensorSpec>? state = null) =>
        _tail.Prepare(_output, createLinear, state, _recorded);

    private static OutputStage? Derive(QuantizedLayer layer, QuantizedSpec accumulator, RecordedVariables recorded)
    {
        if (layer.OutputQuantizer is not { } quantizer)
        {
            return null;
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
            recorded.Add(
                "out_quantizer/qscales",
                new RecordedTensor(scales.Mantissas.ToArray().Map(mantissa => (long)mantissa), scales.ValueBits, scales.FracBits));
        }

        return stage;
    }
}

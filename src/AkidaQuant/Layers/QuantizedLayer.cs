using AkidaQuant.Execution;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics;

namespace AkidaQuant.Layers;

/// <summary>A layer that computes in integers, with the settings it was quantized with (layers.md 2).</summary>
public abstract record QuantizedLayer : Layer
{
    /// <summary>The settings, defaults filled in; none for layers that have none (layers.md 2.1).</summary>
    public QuantSettings? Settings { get; init; }

    /// <summary>The quantizer of the output; none for raw accumulators.</summary>
    public OutputQuantizer? OutputQuantizer { get; init; }

    /// <inheritdoc/>
    public override int? WeightBits => Settings?
        .Where(setting => setting.Key.EndsWith("weight_quantizer", StringComparison.Ordinal))
        .Max(setting => (setting.Value as QuantSettings)?.GetValueOrDefault("bitwidth") as int?);

    /// <inheritdoc/>
    public override int? OutputBits => OutputQuantizer?.Bitwidth;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => [.. OutputVariables];

    /// <inheritdoc/>
    public override string? QuantizationObstacle => "it is quantized already";

    /// <summary>
    /// The float layer that this one computes in integers, with the arrays as they are here: what
    /// <see cref="Layer.Quantize"/> made it from, but for equalization and zero points.
    /// </summary>
    public abstract Layer ToFloat();

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs)
    {
        // Ranges start at 1, which calibration replaces.
        WeightShape range = new(
            OutputQuantizer?.PerAxis == true ? new Shape(QuantizedChannels(inputs[0])) : Shape.Scalar, "ones");
        return [.. ToFloat().WeightShapes(inputs), .. OutputQuantizer is null ? Array.Empty<WeightShape>() : [range, range]];
    }

    /// <summary>The channels of the output, which can have a range each.</summary>
    private protected virtual int QuantizedChannels(Shape input) => input.Channels;

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, OutputVariableCount);
        return this with { OutputQuantizer = OutputFrom(values) };
    }

    /// <summary>The attribute that holds the output quantizer in <c>.keras</c> files (tools.md 5.3).</summary>
    protected const string OutputQuantizerOwner = "out_quantizer";

    /// <summary>The arrays of the output quantizer, after those of the layer (layers.md 2.6).</summary>
    protected IEnumerable<Variable> OutputVariables =>
        OutputQuantizer is not { } quantizer
            ? []
            :
            [
                new Variable($"{Name}/output_quantizer/range_max:0", quantizer.RangeMax, Trainable: false) { Owner = OutputQuantizerOwner },
                new Variable($"{Name}/output_quantizer/rescaling_rate:0", quantizer.RescalingRate, Trainable: false)
                {
                    Owner = OutputQuantizerOwner,
                },
            ];

    /// <summary>The number of arrays of the output quantizer.</summary>
    protected int OutputVariableCount => OutputQuantizer is null ? 0 : 2;

    /// <summary>The output quantizer with the last two of the stored arrays.</summary>
    protected OutputQuantizer? OutputFrom(IReadOnlyList<NdArray<float>> values)
    {
        if (OutputQuantizer is not { } quantizer)
        {
            return null;
        }

        int[] shape = quantizer.PerAxis ? [Shape.Unknown] : [];
        return quantizer with
        {
            RangeMax = ExpectShape("range_max", values[^2], shape),
            RescalingRate = ExpectShape("rescaling_rate", values[^1], shape),
        };
    }

    /// <summary>The input as integers.</summary>
    /// <exception cref="QuantException">The input is float.</exception>
    protected QuantizedSpec QuantizedInput(IReadOnlyList<TensorSpec> inputs, int index = 0) =>
        inputs[index] as QuantizedSpec
        ?? throw DoesNotFit("it computes in integers, but its input is float. Give the model an integer input type or an InputQuantizer.");

    /// <summary>The input as integers without scales.</summary>
    /// <exception cref="QuantException">The input is float, or an accumulator that no output quantizer has reduced.</exception>
    protected QuantizedSpec FixedPointInput(IReadOnlyList<TensorSpec> inputs, int index = 0)
    {
        QuantizedSpec input = QuantizedInput(inputs, index);
        return !input.IsQFloat ? input : throw DoesNotFit(
            "its input still carries scales. Give the layer before it an output_quantizer in the configuration.");
    }

    /// <summary>The input with more value bits, as every layer with a buffer takes it (layers.md 2.3).</summary>
    /// <exception cref="QuantException">The input is wider than the buffer.</exception>
    protected QuantizedSpec Promote(QuantizedSpec input, int valueBits) =>
        input.ValueBits <= valueBits
            ? input with
            {
                ValueBits = valueBits,
            }
            : throw DoesNotFit(
                $"its input has {input.ValueBits} value bits, but its buffer only {valueBits}. Raise its buffer_bitwidth, or reduce the input.");

    /// <summary>
    /// The input step of layers.md 2.3: promotion, or for a per-axis input the alignment of all channels on the
    /// finest one, whose shifts are recorded.
    /// </summary>
    /// <param name="input">The input.</param>
    /// <param name="valueBits">Value bits of the aligned input, to which it saturates.</param>
    /// <param name="recorded">Where the shifts are recorded.</param>
    /// <param name="saturates">Whether channels may saturate as a whole, instead of being refused.</param>
    /// <returns>The input with one number of fractional bits, and the left shift of each channel, null for none.</returns>
    protected (QuantizedSpec Input, int[]? Shift) Align(
        QuantizedSpec input,
        int valueBits,
        RecordedVariables recorded,
        bool saturates = false)
    {
        QuantizedSpec promoted = Promote(input, valueBits);
        if (input.IsPerTensor)
        {
            return (promoted with { FracBits = ScalarOrVector<int>.Scalar(input.FracBits[0]) }, null);
        }

        int finest = Max(input.FracBits);
        ScalarOrVector<int> shift = input.FracBits.Map(bits => finest - bits);
        if (Max(shift) is var largest && largest >= valueBits && !saturates)
        {
            throw DoesNotFit(
                $"aligning the channels of its input takes a shift of {largest}, which its buffer of {valueBits} value bits cannot hold. Quantize the input per-tensor.");
        }

        recorded.Add("input_shift", shift.ToArray());
        ValueRange range = new(
            Rounding.Saturate(Rounding.ShiftRound(input.Range.Min, Max(shift)), valueBits),
            Rounding.Saturate(Rounding.ShiftRound(input.Range.Max, Max(shift)), valueBits));
        return (
            promoted with { FracBits = ScalarOrVector<int>.Scalar(finest), Range = range },
            Max(shift) == 0 ? null : shift.Expand(input.Shape.Channels));
    }

    /// <summary>The alignment of <see cref="Align"/> whose shifts are recorded for a per-tensor input too (layers.md 9.2).</summary>
    protected (QuantizedSpec Input, int[]? Shift) Expand(QuantizedSpec input, int valueBits, RecordedVariables recorded)
    {
        if (input.IsPerTensor)
        {
            recorded.Add("input_shift", input.FracBits.Map(_ => 0).ToArray());
        }

        return Align(input, valueBits, recorded);
    }

    private static int Max(ScalarOrVector<int> values)
    {
        int max = int.MinValue;
        foreach (int value in values.Span)
        {
            max = Math.Max(max, value);
        }

        return max;
    }
}

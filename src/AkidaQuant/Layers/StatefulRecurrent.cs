using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>
/// A complex state for each channel that turns and fades from time step to time step, while the input is added to its
/// real part, in float (layers.md 10.1). The state goes on from call to call.
/// </summary>
[LayerClass("Custom>StatefulRecurrent", Module = "quantizeml.layers.stateful_recurrent")]
public sealed record StatefulRecurrent : Layer
{
    private const int StateBits = 16;

    /// <summary>The real parts of the factors, one a channel.</summary>
    public NdArray<float> Real { get; init; } = NoWeights;

    /// <summary>The imaginary parts of the factors, one a channel.</summary>
    public NdArray<float> Imaginary { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override bool IsStateful => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => VariablesOf(Name, Real, Imaginary);

    /// <inheritdoc/>
    public override bool HasQuantizableWeights => true;

    /// <inheritdoc/>
    public override bool CanHoldOutputQuantizer => true;

    /// <inheritdoc/>
    public override int? OwnOutputBits => StateBits;

    /// <inheritdoc/>
    public override string? QuantizationObstacle => null;

    /// <summary>Makes the layer from stored arguments.</summary>
    public static StatefulRecurrent Read(LayerArguments arguments) => new() { Name = arguments.Name };

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs)
    {
        WeightShape factors = new(new Shape(inputs[0].Channels), "random_uniform");
        return [factors, factors];
    }

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, 2);
        NdArray<float> real = ExpectShape("A_real", values[0], Shape.Unknown);
        return this with { Real = real, Imaginary = ExpectShape("A_imag", values[1], real.Shape[0]) };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        FloatSpec input = FloatInput(inputs);
        int channels = ExpectSequence(this, input.Shape, Real);
        FloatSpec state = new(new Shape(channels));
        return new PreparedLayer(new FloatSpec(OutputShape(input.Shape)), () =>
        {
            FloatRecurrence recurrence = new(Real.Values, Imaginary.Values);
            return (tensors, output, batch) => recurrence.Run(
                ((FloatData)tensors[0]).Values(batch),
                ((FloatData)tensors[1]).Values(batch),
                ((FloatData)tensors[2]).Values(batch),
                ((FloatData)output).Values(batch),
                batch);
        })
        {
            State = [state, state],
        };
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings complete = new QuantizerSettings(Name, settings, QuantizedStatefulRecurrent.FactorQuantizer)
            .CompleteQuantizer(
                QuantizedStatefulRecurrent.FactorQuantizer,
                new QuantSettings { ["bitwidth"] = 16, ["axis"] = null, ["fp_quantizer"] = true })
            .CompleteQuantizer("output_quantizer", new QuantSettings { ["bitwidth"] = StateBits, ["axis"] = "per-tensor" })
            .CompleteBuffer(context.BufferBits, limited: false);
        return new QuantizedStatefulRecurrent
        {
            Name = Name,
            Real = Real,
            Imaginary = Imaginary,
            Settings = complete.Settings,
            OutputQuantizer = QuantizedStatefulRecurrent.Output(Name, complete),
        };
    }

    internal static IReadOnlyList<Variable> VariablesOf(string name, NdArray<float> real, NdArray<float> imaginary) =>
        [new($"{name}/A_real:0", real), new($"{name}/A_imag:0", imaginary)];

    /// <summary>The output for an input of (steps, channels): a real and an imaginary part for each.</summary>
    internal static Shape OutputShape(Shape input) => new(input[0], input[1], 2);

    /// <summary>The channels of a sequence, checked.</summary>
    /// <exception cref="QuantException">The input is not a sequence, or of other channels than the factors.</exception>
    internal static int ExpectSequence(Layer layer, Shape input, NdArray<float> factors) =>
        input.Rank == 2 && input[1] == factors.Values.Length
            ? input[1]
            : throw new QuantException(
                "LayerInputMismatch",
                QuantErrorKind.InvalidData,
                $"Layer '{layer.Name}' ({layer.ClassName}): its input must be a sequence (time steps, {factors.Values.Length} channels), but it is {input}.",
                layer.Name);
}

/// <summary>
/// The recurrence in integers (layers.md 10.2): the input is brought to the fractional bits of the products of 16-bit
/// states with 16-bit factors; states are quantized after every time step.
/// </summary>
[LayerClass("Custom>QuantizedStatefulRecurrent", Module = "quantizeml.layers.stateful_recurrent")]
public sealed record QuantizedStatefulRecurrent : QuantizedLayer
{
    internal const string FactorQuantizer = "a_quantizer";

    private const int ScaleBits = 8;
    private const int MostValueBits = 31;

    /// <summary>The real parts of the float factors, one a channel.</summary>
    public NdArray<float> Real { get; init; } = NoWeights;

    /// <summary>The imaginary parts of the float factors, one a channel.</summary>
    public NdArray<float> Imaginary { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override bool IsStateful => true;

    /// <inheritdoc/>
    public override bool HasQuantizableWeights => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables =>
    [
        .. StatefulRecurrent.VariablesOf(Name, Real, Imaginary),
        new Variable($"{Name}/range_max:0", States.RangeMax, Trainable: false) { Owner = OutputQuantizerOwner },
        new Variable($"{Name}/rescaling_rate:0", States.RescalingRate, Trainable: false) { Owner = OutputQuantizerOwner },
    ];

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("quant_config", Settings ?? [])];

    /// <summary>The integers of the real parts.</summary>
    internal NdArray<int> RealIntegers => Factors(Real).Values;

    /// <summary>The integers of the imaginary parts.</summary>
    internal NdArray<int> ImaginaryIntegers => Factors(Imaginary).Values;

    private OutputQuantizer States => OutputQuantizer ?? throw new InvalidOperationException($"'{Name}' has no quantizer for its states.");

    /// <inheritdoc/>
    public override Layer ToFloat() => new StatefulRecurrent { Name = Name, Real = Real, Imaginary = Imaginary };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedStatefulRecurrent Read(LayerArguments arguments)
    {
        QuantizerSettings settings = new(arguments.Name, arguments.Settings(), FactorQuantizer);
        return new QuantizedStatefulRecurrent
        {
            Name = arguments.Name,
            Settings = settings.Settings,
            OutputQuantizer = Output(arguments.Name, settings),
        };
    }

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, 4);
        NdArray<float> real = ExpectShape("A_real", values[0], Shape.Unknown);
        return this with { Real = real, Imaginary = ExpectShape("A_imag", values[1], real.Shape[0]), OutputQuantizer = OutputFrom(values) };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        QuantizerSettings settings = new(Name, Settings, FactorQuantizer);
        int valueBits = settings.BufferBitwidth - 1;
        if (valueBits > MostValueBits)
        {
            throw DoesNotFit($"its buffer_bitwidth is {valueBits + 1}, and the recurrence has {MostValueBits + 1} at most. Lower it.");
        }

        QuantizedSpec given = QuantizedInput(inputs);
        int channels = StatefulRecurrent.ExpectSequence(this, given.Shape, Real);
        (QuantizedSpec input, int[]? alignment) = Align(given, valueBits, recorded);
        QuantizedScales? scales = input.Scales is { } real ? ScaleQuantization.Quantize(real, ScaleBits) : null;
        QuantizedWeights realFactors = Factors(Real);
        QuantizedWeights imaginaryFactors = Factors(Imaginary);

        // The reference's recorder keeps the weight that it sees last.
        recorded.Add($"{FactorQuantizer}/qweights", imaginaryFactors.ToRecorded() with { Source = Imaginary });
        int factorBits = realFactors.FracBits[0];
        if (imaginaryFactors.FracBits[0] != factorBits)
        {
            throw DoesNotFit(
                $"A_real has {factorBits} fractional bits and A_imag {imaginaryFactors.FracBits[0]}, and the recurrence needs as many for both. Keep the largest magnitudes of both below 1, or both above.");
        }

        int stateFracBits = Rounding.MaxFracBits(States.ValueBits, States.RangeMax.Values[0]);
        ScalarOrVector<int> inputFracBits = scales is null
            ? input.FracBits
            : input.FracBits.Zip(scales.FracBits, (left, right) => left + right);
        ScalarOrVector<int> shift = inputFracBits.Map(bits => stateFracBits + factorBits - bits);
        Record(recorded, scales, shift, factorBits);
        if (shift.Span.IndexOfAnyExceptInRange(int.MinValue, valueBits - 1) >= 0)
        {
            throw DoesNotFit(
                $"bringing its input to the fractional bits of its states takes a shift that its buffer of {valueBits} value bits cannot hold. Calibrate with representative samples.");
        }

        QuantizedSpec output = new(
            StatefulRecurrent.OutputShape(given.Shape), States.ValueBits, ScalarOrVector<int>.Vector([stateFracBits, stateFracBits]));
        QuantizedSpec state = new(new Shape(channels), States.ValueBits, ScalarOrVector<int>.Scalar(stateFracBits));
        return new PreparedLayer(output, () =>
        {
            ValueRange range = ValueRange.OfBits(valueBits);
            OutputScaling scaling = new(channels, scales?.Mantissas.Expand(channels), shift.Expand(channels), valueBits, range);
            ChannelStep[] steps = alignment is null ? [scaling] : [new ChannelShift(channels, alignment, valueBits), scaling];
            StateUpdate update = new(given.Shape.Size)
            {
                Input = new IntegerFinish(channels, given.Range, range, steps),
                Recurrence = new IntegerRecurrence(
                    realFactors.Values.Values, imaginaryFactors.Values.Values, -factorBits, valueBits, States.ValueBits, realOnly: false),
            };
            return (tensors, result, batch) => update.Run(tensors, (IntegerData)result, batch);
        })
        {
            State = [state, state],
            Recorded = recorded,
        };
    }

    /// <summary>The quantizer of the states, which there always is.</summary>
    /// <exception cref="QuantException">It is missing, per-axis, or wider than 16 bits.</exception>
    internal static OutputQuantizer Output(string layer, QuantizerSettings settings) =>
        settings.Output(1) switch
        {
            { PerAxis: false, Signed: true, Bitwidth: <= 16 } quantizer => quantizer,
            _ => throw new QuantException(
                "ConfigValueOutOfRange",
                QuantErrorKind.InvalidData,
                $"The configuration of layer '{layer}': 'output_quantizer' must be there, signed, per-tensor and of at most 16 bits, because it quantizes the states of the recurrence.",
                layer),
        };

    private QuantizedWeights Factors(NdArray<float> factors)
    {
        (int bitwidth, bool signed, _, _) = new QuantizerSettings(Name, Settings, FactorQuantizer).Weights(FactorQuantizer);
        return WeightQuantization.Quantize(factors, bitwidth, signed, axis: null, fixedPoint: true);
    }

    private void Record(RecordedVariables recorded, QuantizedScales? scales, ScalarOrVector<int> shift, int factorBits)
    {
        if (scales is not null)
        {
            recorded.Add(
                "new_state_scale",
                new RecordedTensor(scales.Mantissas.ToArray().Map(mantissa => (long)mantissa), scales.ValueBits, scales.FracBits));
        }

        recorded.Add("new_state_shift", shift.ToArray());
        recorded.Add("out_quantizer/shift", NdArray<int>.Scalar(-factorBits));
        recorded.Add("out_quantizer/range_max", States.RangeMax);
        recorded.Add("out_quantizer/rescaling_rate", States.RescalingRate);
    }

    /// <summary>The steps from the input to the new states.</summary>
    private sealed class StateUpdate(int size)
    {
        public required IntegerFinish Input { get; init; }

        public required IntegerRecurrence Recurrence { get; init; }

        public void Run(ReadOnlySpan<TensorData> tensors, IntegerData result, int batch)
        {
            using var added = IntegerData.Rent(size, batch, IntegerStorage.Int32);
            Input.Run((IntegerData)tensors[0], added, batch);
            Recurrence.Run(
                added.Values<int>(batch),
                ((IntegerData)tensors[1]).Values<short>(batch),
                ((IntegerData)tensors[2]).Values<short>(batch),
                result.Values<short>(batch),
                batch);
        }
    }
}

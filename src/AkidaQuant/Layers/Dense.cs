using AkidaQuant.Kernels;
using AkidaQuant.Numerics;

namespace AkidaQuant.Layers;

/// <summary>A product of the last axis with a matrix, in float.</summary>
[LayerClass("Dense")]
public sealed record Dense : Layer
{
    /// <summary>The number of outputs.</summary>
    public required int Units { get; init; }

    /// <summary>The activation function applied to the result.</summary>
    public string Activation { get; init; } = ActivationFunction.Linear;

    /// <summary>The weights, of shape (inputs, units).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <summary>Whether there is a bias.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>The bias, one value a unit.</summary>
    public NdArray<float> Bias { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => UseBias
        ? [new($"{Name}/kernel:0", Kernel), new($"{Name}/bias:0", Bias)]
        : [new($"{Name}/kernel:0", Kernel)];

    /// <inheritdoc/>
    public override bool HasQuantizableWeights => true;

    /// <inheritdoc/>
    public override bool RequiresAlignedInputs => true;

    /// <inheritdoc/>
    public override bool CanHoldOutputQuantizer => true;

    /// <inheritdoc/>
    public override string? QuantizationObstacle =>
        Activation != ActivationFunction.Linear ? $"its activation '{Activation}' could not be split off" : null;

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Absorbs;

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 0) };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Dense Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Units = arguments.Int("units"),
        UseBias = arguments.Bool("use_bias", true),
        Activation = ActivationFunction.Read(arguments),
    };

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, UseBias ? 2 : 1);
        return this with
        {
            Kernel = ExpectShape("kernel", values[0], Shape.Unknown, Units),
            Bias = UseBias ? ExpectShape("bias", values[1], Units) : NoWeights,
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        if (Kernel.Shape[0] != input.Channels)
        {
            throw DoesNotFit($"its kernel is for {Kernel.Shape[0]} values, but its input {input} has {input.Channels}.");
        }

        return new PreparedLayer(new FloatSpec(input.WithChannels(Units)), () =>
        {
            FloatDense product = new(Kernel.Shape[0], Units, Kernel.Values, UseBias ? Bias.Values : null);
            return (tensors, output, batch) =>
            {
                Span<float> result = ((FloatData)output).Values(batch);
                product.Run(((FloatData)tensors[0]).Values(batch), result, result.Length / Units);
                ActivationFunction.Run(Activation, result, Units);
            };
        });
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings complete = new QuantizerSettings(Name, settings, "weight_quantizer", "bias_quantizer")
            .CompleteWeights(context.WeightBits)
            .CompleteBuffer(context.BufferBits, limited: true);
        return new QuantizedDense
        {
            Name = Name,
            Units = Units,
            Kernel = Kernel,
            UseBias = UseBias,
            Bias = Bias,
            Settings = complete.Settings,
            OutputQuantizer = complete.Output(Units),
        };
    }
}

/// <summary>A dense layer in integers (layers.md 4.7).</summary>
[LayerClass("Custom>QuantizedDense")]
public sealed record QuantizedDense : QuantizedLayer
{
    /// <summary>The number of outputs.</summary>
    public required int Units { get; init; }

    /// <summary>The float weights, of shape (inputs, units).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <summary>Whether there is a bias.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>The float bias, one value a unit.</summary>
    public NdArray<float> Bias { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => UseBias
        ? [new($"{Name}/kernel:0", Kernel), new($"{Name}/bias:0", Bias), .. OutputVariables]
        : [new($"{Name}/kernel:0", Kernel), .. OutputVariables];

    /// <inheritdoc/>
    public override bool HasQuantizableWeights => true;

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Absorbs;

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 0) };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedDense Read(LayerArguments arguments)
    {
        int units = arguments.Int("units");
        QuantizerSettings settings = new(arguments.Name, arguments.Settings(), "weight_quantizer", "bias_quantizer");
        return new QuantizedDense
        {
            Name = arguments.Name,
            Units = units,
            UseBias = arguments.Bool("use_bias", true),
            Settings = settings.Settings,
            OutputQuantizer = settings.Output(units),
        };
    }

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        int own = UseBias ? 2 : 1;
        ExpectVariables(values, own + OutputVariableCount);
        return this with
        {
            Kernel = ExpectShape("kernel", values[0], Shape.Unknown, Units),
            Bias = UseBias ? ExpectShape("bias", values[1], Units) : NoWeights,
            OutputQuantizer = OutputFrom(values),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        QuantizerSettings settings = new(Name, Settings, "weight_quantizer", "bias_quantizer");
        int valueBits = settings.BufferBitwidth - 1;
        QuantizedSpec given = QuantizedInput(inputs);
        (QuantizedSpec input, int[]? shift) = Align(given, valueBits, recorded);
        if (input.Scales is { IsScalar: false })
        {
            throw DoesNotFit("its input has a scale for each channel. Give the layer before it an output_quantizer in the configuration.");
        }

        if (Kernel.Shape[0] != input.Shape.Channels)
        {
            throw DoesNotFit($"its kernel is for {Kernel.Shape[0]} values, but its input {input.Shape} has {input.Shape.Channels}.");
        }

        (int bitwidth, bool signed, int? axis, bool fixedPoint) = settings.Weights();
        QuantizedWeights weights = WeightQuantization.Quantize(Kernel, bitwidth, signed, axis, fixedPoint);
        recorded.Add("weight_quantizer/qweights", weights.ToRecorded());
        IntegerDense product = new(Kernel.Shape[0], Units, weights.Values.Values, shift, given.Range, valueBits);
        QuantizedSpec accumulator = new(
            input.Shape.WithChannels(Units), valueBits, weights.AddFracBits(input.FracBits), weights.MultiplyScales(input.Scales), product.OutputRange);
        (int biasBits, bool biasSigned) = settings.Aligned("bias_quantizer", signed: true);
        AccumulatorTail tail = AccumulatorTail.Create(this, accumulator, UseBias ? (Bias, biasBits, biasSigned) : null, recorded);
        return new PreparedLayer(tail.Output, () => tail.CreateOperation(
            (tensors, output, batch) => product.Run((IntegerData)tensors[0], output, batch)))
        {
            Recorded = recorded,
        };
    }
}

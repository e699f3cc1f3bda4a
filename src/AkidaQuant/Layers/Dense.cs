using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>A product of the last axis with a matrix, in float.</summary>
[LayerClass("Dense")]
public record Dense : WeightedLayer
{
    /// <summary>The number of outputs.</summary>
    public required int Units { get; init; }

    /// <summary>The weights, of shape (inputs, units).</summary>
    public NdArray<float> Kernel
    {
        get;
        init => field = value.Compact();
    }
    = NoWeights;

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels => [new($"{Name}/kernel:0", Kernel)];

    /// <inheritdoc/>
    public override string? QuantizationObstacle =>
        Activation != ActivationFunction.Linear ? $"its activation '{Activation}' could not be split off" : null;

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 0) };

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [new("units", (long)Units), .. WeightArguments.OfKernel(this, Activation, UseBias)];

    /// <inheritdoc/>
    public override WeightedLayer ScaleOutputs(float[] factors) => this with { Kernel = Scale(Kernel, factors) };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Dense Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Units = arguments.Int("units"),
        UseBias = arguments.Bool("use_bias", true),
        Activation = ActivationFunction.Read(arguments),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs) =>
        WithBias(Units, WeightShape.Kernel(inputs[0].Channels, Units));

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        return this with
        {
            Kernel = ExpectShape("kernel", values[0], Shape.Unknown, Units),
            Bias = BiasFrom(values, Units),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        ExpectChannels(Kernel.Shape[0], input);
        return Finish(input.WithChannels(Units), () =>
        {
            if (Kernel.Diagonal is { } factors)
            {
                return ScaledChannels(input.Size / Units, factors);
            }

            FloatDense product = new(Kernel.Shape[0], Units, Kernel.Values, BiasValues);
            return FloatPart.Divided((long)input.Size * Units, (tensors, output, batch, share, finish) =>
                product.Run(((FloatData)tensors[0]).Values(batch), output, output.Length / Units, share, finish));
        });
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context) =>
        Quantized(new QuantizedDense { Name = Name, Units = Units, Kernel = Kernel }, Complete(settings, context, limited: true), Units);
}

/// <summary>A dense layer in integers (layers.md 4.7).</summary>
[LayerClass("Custom>QuantizedDense", Module = "quantizeml.layers.dense")]
public record QuantizedDense : QuantizedWeightedLayer
{
    /// <summary>The number of outputs.</summary>
    public required int Units { get; init; }

    /// <summary>The float weights, of shape (inputs, units).</summary>
    public NdArray<float> Kernel
    {
        get;
        init => field = value.Compact();
    }
    = NoWeights;

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels => [new($"{Name}/kernel:0", Kernel)];

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 0) };

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
    [
        new("units", (long)Units),
        .. WeightArguments.OfKernel(this, ActivationFunction.Linear, UseBias),
        new("quant_config", Settings ?? []),
    ];

    /// <inheritdoc/>
    public override Layer ToFloat() => new Dense { Name = Name, Units = Units, Kernel = Kernel, UseBias = UseBias, Bias = Bias };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedDense Read(LayerArguments arguments)
    {
        int units = arguments.Int("units");
        return Fill(new QuantizedDense { Name = arguments.Name, Units = units }, arguments, units);
    }

    /// <inheritdoc/>
    private protected override int QuantizedChannels(Shape input) => Units;

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        return this with
        {
            Kernel = ExpectShape("kernel", values[0], Shape.Unknown, Units),
            Bias = BiasFrom(values, Units),
            OutputQuantizer = OutputFrom(values),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        QuantizerSettings settings = QuantizerSettings.OfKernel(Name, Settings);
        int valueBits = settings.BufferBitwidth - 1;
        QuantizedSpec given = QuantizedInput(inputs);
        (QuantizedSpec input, int[]? shift) = Align(given, valueBits, recorded);
        ExpectChannels(Kernel.Shape[0], input);
        QuantizedWeights weights = QuantizeKernel(settings, "weight_quantizer", Kernel, recorded);
        IntegerDense product = new(Kernel.Shape[0], Units, weights.Values, shift, given.Range, valueBits);
        QuantizedSpec accumulator = new(
            input.Shape.WithChannels(Units),
            valueBits,
            weights.AddFracBits(input.FracBits),
            weights.MultiplyScales(input.Scales),
            product.OutputRange);
        return Finish(settings, accumulator, recorded, LinearPart.Over((long)input.Shape.Size * Units, product.Run));
    }
}

using System.Numerics.Tensors;
using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>A float layer with a kernel, an optional bias and an activation function on its result.</summary>
public abstract record WeightedLayer : Layer
{
    /// <summary>The activation function applied to the result.</summary>
    public string Activation { get; init; } = ActivationFunction.Linear;

    /// <summary>Whether there is a bias.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>The bias, one value an output channel.</summary>
    public NdArray<float> Bias { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => UseBias ? [.. Kernels, new($"{Name}/bias:0", Bias)] : Kernels;

    /// <inheritdoc/>
    public override bool HasQuantizableWeights => true;

    /// <inheritdoc/>
    public override bool RequiresAlignedInputs => true;

    /// <inheritdoc/>
    public override bool CanHoldOutputQuantizer => true;

    /// <inheritdoc/>
    public override string? QuantizationObstacle =>
        Activation == ActivationFunction.Linear ? null : $"its activation '{Activation}' could not be split off";

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Absorbs;

    /// <summary>The arrays before the bias.</summary>
    protected abstract IReadOnlyList<Variable> Kernels { get; }

    /// <summary>This layer with its kernel, but not its bias, times a factor for each output channel (transforms.md 4.11).</summary>
    public abstract WeightedLayer ScaleOutputs(float[] factors);

    /// <summary>The bias for the kernels; null for none.</summary>
    protected float[]? BiasValues => UseBias ? Bias.Values : null;

    /// <summary>The shapes of the kernels, with that of the bias where there is one.</summary>
    private protected IReadOnlyList<WeightShape> WithBias(int channels, params WeightShape[] kernels) =>
        UseBias ? [.. kernels, WeightShape.Bias(channels)] : kernels;

    /// <summary>Checks the number of stored arrays.</summary>
    protected void ExpectVariables(IReadOnlyList<NdArray<float>> values) => ExpectVariables(values, Kernels.Count + (UseBias ? 1 : 0));

    /// <summary>The bias among the stored arrays.</summary>
    protected NdArray<float> BiasFrom(IReadOnlyList<NdArray<float>> values, int channels) =>
        UseBias ? ExpectShape("bias", values[Kernels.Count], channels) : NoWeights;

    /// <summary>Checks that the input has as many channels as the kernel takes.</summary>
    protected void ExpectChannels(int kernel, Shape input)
    {
        if (input.Rank == 0 || kernel != input.Channels)
        {
            throw DoesNotFit($"its kernel is for {kernel} channels, but its input {input} has {input.Channels}.");
        }
    }

    /// <summary>
    /// A kernel times a factor for each output channel. These come last, but for the transposed kernel, where
    /// <paramref name="inner"/> input channels come behind; a depthwise kernel has them as (channels, multiplier).
    /// </summary>
    protected static NdArray<float> Scale(NdArray<float> kernel, float[] factors, int inner = 1)
    {
        // The zeros off a diagonal stay as they are, to the bit, where factors are finite and not negative.
        bool staysDiagonal = kernel.Diagonal?.Length == factors.Length && inner == 1
            && Array.TrueForAll(factors, factor => float.IsFinite(factor) && !float.IsNegative(factor));
        float[] given = staysDiagonal ? kernel.Diagonal! : kernel.Values;
        float[] values = new float[given.Length];
        for (int i = 0; i < values.Length && inner == 1; i += factors.Length)
        {
            TensorPrimitives.Multiply(given.AsSpan(i, factors.Length), factors, values.AsSpan(i, factors.Length));
        }

        for (int i = 0; i < values.Length && inner > 1; i += inner)
        {
            TensorPrimitives.Multiply(given.AsSpan(i, inner), factors[i / inner % factors.Length], values.AsSpan(i, inner));
        }

        if (staysDiagonal)
        {
            return kernel with { Diagonal = values };
        }

        return kernel with { Values = values };
    }

    /// <summary>The whole layer: the linear part, with the bias, then the activation function.</summary>
    /// <param name="output">The shape of the result.</param>
    /// <param name="createLinear">Makes the linear part.</param>
    /// <param name="createBefore">Makes the stages before it; none by default.</param>
    private protected PreparedLayer Finish(Shape output, Func<FloatPart> createLinear, Func<IReadOnlyList<Stage>>? createBefore = null) =>
        ActivationFunction.IsElementwise(Activation) && createBefore is null
            ? PreparedLayer.OfFloats(
                output, createLinear, Activation == ActivationFunction.Linear ? null : () => ActivationFunction.Create(Activation))
            : PreparedLayer.Staged(
                new FloatSpec(output),
                () =>
                [
                    .. createBefore?.Invoke() ?? [],
                    createLinear().ToStage(new FloatSpec(output), []),
                    .. Activation == ActivationFunction.Linear
                        ? Array.Empty<Stage>()
                        : [ActivationFunction.CreateStage(Activation, output)],
                ]);

    /// <summary>The linear part where the kernel is of one cell and 0 off its diagonal.</summary>
    /// <param name="positions">The pixels of a sample.</param>
    /// <param name="factors">The diagonal.</param>
    private protected FloatPart ScaledChannels(int positions, float[] factors)
    {
        FloatChannelScaling scaling = new(factors, BiasValues);
        return FloatPart.OfRows(positions, factors.Length, (tensors, row, result) =>
        {
            var input = (FloatData)tensors[0];
            scaling.Run(input.Values(input.Capacity).Slice(row * factors.Length, result.Length), result);
        });
    }

    /// <summary>The settings of a layer with one kernel, completed (quantize.md 6.4).</summary>
    private protected QuantizerSettings Complete(
        QuantSettings? settings,
        QuantizationContext context,
        bool limited,
        (int? Axis, bool Forced) axis = default) =>
        QuantizerSettings
            .OfKernel(Name, settings)
            .CompleteWeights(context.WeightBits, axis: axis)
            .CompleteBuffer(context.BufferBits, limited);

    /// <summary>The quantized form with what all such layers have: the bias and the settings.</summary>
    private protected T Quantized<T>(T layer, QuantizerSettings settings, int channels)
        where T : QuantizedWeightedLayer => layer with
        {
            UseBias = UseBias,
            Bias = Bias,
            Settings = settings.Settings,
            OutputQuantizer = settings.Output(channels),
        };
}

/// <summary>A layer in integers with a kernel and an optional bias (layers.md 2.2).</summary>
public abstract record QuantizedWeightedLayer : QuantizedLayer
{
    /// <summary>Whether there is a bias.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>The float bias, one value an output channel.</summary>
    public NdArray<float> Bias { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables =>
        UseBias ? [.. Kernels, new($"{Name}/bias:0", Bias), .. OutputVariables] : [.. Kernels, .. OutputVariables];

    /// <inheritdoc/>
    public override bool HasQuantizableWeights => true;

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Absorbs;

    /// <summary>The arrays before the bias.</summary>
    protected abstract IReadOnlyList<Variable> Kernels { get; }

    /// <summary>Checks the number of stored arrays.</summary>
    protected void ExpectVariables(IReadOnlyList<NdArray<float>> values) =>
        ExpectVariables(values, Kernels.Count + (UseBias ? 1 : 0) + OutputVariableCount);

    /// <summary>The bias among the stored arrays.</summary>
    protected NdArray<float> BiasFrom(IReadOnlyList<NdArray<float>> values, int channels) =>
        UseBias ? ExpectShape("bias", values[Kernels.Count], channels) : NoWeights;

    /// <summary>Fills what all such layers store, with the settings of a layer with one kernel unless others are given.</summary>
    private protected static T Fill<T>(
        T layer,
        LayerArguments arguments,
        int channels,
        bool useBias = true,
        QuantizerSettings? settings = null)
        where T : QuantizedWeightedLayer
    {
        settings ??= QuantizerSettings.OfKernel(arguments.Name, arguments.Settings());
        return layer with
        {
            UseBias = arguments.Bool("use_bias", useBias),
            Settings = settings.Settings,
            OutputQuantizer = settings.Output(channels),
        };
    }

    /// <summary>Checks that the input has as many channels as the kernel takes, and one scale at most.</summary>
    protected void ExpectChannels(int kernel, QuantizedSpec input)
    {
        if (input.Shape.Rank == 0 || kernel != input.Shape.Channels)
        {
            throw DoesNotFit($"its kernel is for {kernel} channels, but its input {input.Shape} has {input.Shape.Channels}.");
        }

        if (input.Scales is { IsScalar: false })
        {
            throw DoesNotFit("its input has a scale for each channel. Give the layer before it an output_quantizer in the configuration.");
        }
    }

    /// <summary>Quantizes a kernel and records it (numerics.md 5.2), along an axis that the layer may force (layers.md 4).</summary>
    private protected static QuantizedWeights QuantizeKernel(
        QuantizerSettings settings,
        string key,
        NdArray<float> kernel,
        RecordedVariables recorded,
        (int? Axis, bool Forced) forced = default)
    {
        (int bitwidth, bool signed, int? axis, bool fixedPoint) = settings.Weights(key);
        axis = forced.Forced ? forced.Axis : axis;
        QuantizedWeights weights = WeightQuantization.Quantize(kernel, bitwidth, signed, axis, fixedPoint);
        recorded.Add($"{key}/qweights", weights.ToRecorded() with { Source = kernel });
        return weights;
    }

    /// <summary>The whole layer: the linear part, the bias, the output quantizer; with what the linear part remembers.</summary>
    private protected PreparedLayer Finish(
        QuantizerSettings settings,
        QuantizedSpec accumulator,
        RecordedVariables recorded,
        LinearPart linear,
        IReadOnlyList<TensorSpec>? state = null)
    {
        (int bitwidth, bool signed) = settings.Aligned("bias_quantizer", signed: true);
        return QuantizedTail.Create(this, accumulator, UseBias ? (Bias, bitwidth, signed) : null, recorded).Prepare(() => linear, state);
    }
}

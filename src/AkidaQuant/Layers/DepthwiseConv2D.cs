using AkidaQuant.Kernels;
using AkidaQuant.Numerics;

namespace AkidaQuant.Layers;

/// <summary>A convolution of every channel with its own kernel, in float.</summary>
[LayerClass("DepthwiseConv2D")]
public sealed record DepthwiseConv2D : Layer
{
    /// <summary>How the kernel moves.</summary>
    public required ConvolutionWindow Window { get; init; }

    /// <summary>The number of outputs for each channel.</summary>
    public int DepthMultiplier { get; init; } = 1;

    /// <summary>The activation function applied to the result.</summary>
    public string Activation { get; init; } = ActivationFunction.Linear;

    /// <summary>The weights, of shape (rows, columns, channels, multiplier).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <summary>Whether there is a bias.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>The bias, one value an output channel.</summary>
    public NdArray<float> Bias { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => UseBias
        ? [new($"{Name}/depthwise_kernel:0", Kernel), new($"{Name}/bias:0", Bias)]
        : [new($"{Name}/depthwise_kernel:0", Kernel)];

    /// <inheritdoc/>
    public override bool HasQuantizableWeights => true;

    /// <inheritdoc/>
    public override bool RequiresAlignedInputs => true;

    /// <inheritdoc/>
    public override bool CanHoldOutputQuantizer => true;

    /// <inheritdoc/>
    public override string? QuantizationObstacle =>
        DepthMultiplier != 1 ? $"its depth multiplier is {DepthMultiplier}, and only 1 has a quantized form"
        : Window.Strides.Height != Window.Strides.Width ? "its strides differ between rows and columns"
        : Activation != ActivationFunction.Linear ? $"its activation '{Activation}' could not be split off" : null;

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Absorbs;

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 2) };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static DepthwiseConv2D Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Window = ConvolutionWindow.ReadConvolution(arguments),
        DepthMultiplier = arguments.Int("depth_multiplier", 1),
        UseBias = arguments.Bool("use_bias", true),
        Activation = ActivationFunction.Read(arguments),
    };

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, UseBias ? 2 : 1);
        NdArray<float> kernel = ExpectShape(
            "depthwise_kernel", values[0], Window.KernelSize.Height, Window.KernelSize.Width, Shape.Unknown, DepthMultiplier);
        return this with
        {
            Kernel = kernel,
            Bias = UseBias ? ExpectShape("bias", values[1], kernel.Shape[2] * DepthMultiplier) : NoWeights,
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        int channels = Kernel.Shape[2] * DepthMultiplier;
        ConvolutionGeometry geometry = Window.Over(this, input, channels);
        if (Kernel.Shape[2] != input.Channels)
        {
            throw DoesNotFit($"its kernel is for {Kernel.Shape[2]} channels, but its input has {input.Channels}.");
        }

        return new PreparedLayer(new FloatSpec(geometry.OutputShape), () =>
        {
            FloatDepthwiseConvolution convolution = new(geometry, Kernel.Values, UseBias ? Bias.Values : null, DepthMultiplier);
            return (tensors, output, batch) =>
            {
                Span<float> result = ((FloatData)output).Values(batch);
                convolution.Run(((FloatData)tensors[0]).Values(batch), result, batch);
                ActivationFunction.Run(Activation, result, channels);
            };
        });
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings complete = new QuantizerSettings(Name, settings, "weight_quantizer", "bias_quantizer")
            .CompleteWeights(context.WeightBits, axis: (-2, true))
            .CompleteBuffer(context.BufferBits, limited: true);
        return new QuantizedDepthwiseConv2D
        {
            Name = Name,
            Window = Window,
            Kernel = Kernel,
            UseBias = UseBias,
            Bias = Bias,
            Settings = complete.Settings,
            OutputQuantizer = complete.Output(Kernel.Shape[2]),
        };
    }
}

/// <summary>A depthwise convolution in integers; its input may have fractional bits for each channel (layers.md 4.4).</summary>
[LayerClass("Custom>QuantizedDepthwiseConv2D")]
public sealed record QuantizedDepthwiseConv2D : QuantizedLayer
{
    /// <summary>How the kernel moves.</summary>
    public required ConvolutionWindow Window { get; init; }

    /// <summary>The float weights, of shape (rows, columns, channels, 1).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <summary>Whether there is a bias.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>The float bias, one value a channel.</summary>
    public NdArray<float> Bias { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => UseBias
        ? [new($"{Name}/depthwise_kernel:0", Kernel), new($"{Name}/bias:0", Bias), .. OutputVariables]
        : [new($"{Name}/depthwise_kernel:0", Kernel), .. OutputVariables];

    /// <inheritdoc/>
    public override bool HasQuantizableWeights => true;

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Absorbs;

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 2) };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedDepthwiseConv2D Read(LayerArguments arguments)
    {
        if (arguments.Int("depth_multiplier", 1) != 1)
        {
            throw arguments.Wrong("depth_multiplier", arguments["depth_multiplier"], "1");
        }

        QuantizerSettings settings = new(arguments.Name, arguments.Settings(), "weight_quantizer", "bias_quantizer");
        return new QuantizedDepthwiseConv2D
        {
            Name = arguments.Name,
            Window = ConvolutionWindow.ReadConvolution(arguments),
            UseBias = arguments.Bool("use_bias", true),
            Settings = settings.Settings,
            OutputQuantizer = settings.Output(1),
        };
    }

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        int own = UseBias ? 2 : 1;
        ExpectVariables(values, own + OutputVariableCount);
        NdArray<float> kernel = ExpectShape("depthwise_kernel", values[0], Window.KernelSize.Height, Window.KernelSize.Width, Shape.Unknown, 1);
        return this with
        {
            Kernel = kernel,
            Bias = UseBias ? ExpectShape("bias", values[1], kernel.Shape[2]) : NoWeights,
            OutputQuantizer = OutputFrom(values),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        QuantizerSettings settings = new(Name, Settings, "weight_quantizer", "bias_quantizer");
        int valueBits = settings.BufferBitwidth - 1;
        QuantizedSpec given = FixedPointInput(inputs);
        QuantizedSpec input = Promote(given, valueBits);
        if (Kernel.Shape[2] != input.Shape.Channels)
        {
            throw DoesNotFit($"its kernel is for {Kernel.Shape[2]} channels, but its input has {input.Shape.Channels}.");
        }

        ConvolutionGeometry geometry = Window.Over(this, input.Shape, input.Shape.Channels);
        (int bitwidth, bool signed, int? axis, bool fixedPoint) = settings.Weights();
        QuantizedWeights weights = WeightQuantization.Quantize(Kernel, bitwidth, signed, axis, fixedPoint);
        recorded.Add("weight_quantizer/qweights", weights.ToRecorded());

        IntegerDepthwiseConvolution convolution = new(geometry, weights.Values.Values, null, given.Range, valueBits);
        QuantizedSpec accumulator = new(
            geometry.OutputShape, valueBits, weights.AddFracBits(input.FracBits), weights.MultiplyScales(null), convolution.OutputRange);
        (int biasBits, bool biasSigned) = settings.Aligned("bias_quantizer", signed: true);
        AccumulatorTail tail = AccumulatorTail.Create(this, accumulator, UseBias ? (Bias, biasBits, biasSigned) : null, recorded);
        return new PreparedLayer(tail.Output, () => tail.CreateOperation(
            (tensors, output, batch) => convolution.Run((IntegerData)tensors[0], output, batch)))
        {
            Recorded = recorded,
        };
    }
}

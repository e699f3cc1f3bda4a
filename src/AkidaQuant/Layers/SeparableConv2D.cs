using AkidaQuant.Kernels;
using AkidaQuant.Numerics;

namespace AkidaQuant.Layers;

/// <summary>A depthwise convolution followed by a pointwise one, in float.</summary>
[LayerClass("SeparableConv2D")]
public sealed record SeparableConv2D : Layer
{
    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <summary>How the depthwise kernel moves.</summary>
    public required ConvolutionWindow Window { get; init; }

    /// <summary>The number of depthwise outputs for each channel.</summary>
    public int DepthMultiplier { get; init; } = 1;

    /// <summary>The activation function applied to the result.</summary>
    public string Activation { get; init; } = ActivationFunction.Linear;

    /// <summary>The depthwise weights, of shape (rows, columns, channels, multiplier).</summary>
    public NdArray<float> DepthwiseKernel { get; init; } = NoWeights;

    /// <summary>The pointwise weights, of shape (1, 1, channels x multiplier, filters).</summary>
    public NdArray<float> PointwiseKernel { get; init; } = NoWeights;

    /// <summary>Whether there is a bias.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>The bias, one value a filter.</summary>
    public NdArray<float> Bias { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => UseBias
        ? [new($"{Name}/depthwise_kernel:0", DepthwiseKernel), new($"{Name}/pointwise_kernel:0", PointwiseKernel), new($"{Name}/bias:0", Bias)]
        : [new($"{Name}/depthwise_kernel:0", DepthwiseKernel), new($"{Name}/pointwise_kernel:0", PointwiseKernel)];

    /// <inheritdoc/>
    public override bool HasQuantizableWeights => true;

    /// <inheritdoc/>
    public override bool RequiresAlignedInputs => true;

    /// <inheritdoc/>
    public override bool CanHoldOutputQuantizer => true;

    /// <inheritdoc/>
    public override string? QuantizationObstacle =>
        DepthMultiplier != 1 ? $"its depth multiplier is {DepthMultiplier}, and only 1 has a quantized form"
        : Activation != ActivationFunction.Linear ? $"its activation '{Activation}' could not be split off" : null;

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Absorbs;

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { DepthwiseKernel = Divide(DepthwiseKernel, rates, axis: 2) };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static SeparableConv2D Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Filters = arguments.Int("filters"),
        Window = ConvolutionWindow.ReadConvolution(arguments),
        DepthMultiplier = arguments.Int("depth_multiplier", 1),
        UseBias = arguments.Bool("use_bias", true),
        Activation = ActivationFunction.Read(arguments),
    };

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, UseBias ? 3 : 2);
        NdArray<float> depthwise = ExpectShape(
            "depthwise_kernel", values[0], Window.KernelSize.Height, Window.KernelSize.Width, Shape.Unknown, DepthMultiplier);
        return this with
        {
            DepthwiseKernel = depthwise,
            PointwiseKernel = ExpectShape("pointwise_kernel", values[1], 1, 1, depthwise.Shape[2] * DepthMultiplier, Filters),
            Bias = UseBias ? ExpectShape("bias", values[2], Filters) : NoWeights,
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        int channels = DepthwiseKernel.Shape[2];
        if (input.Rank == 3 && channels != input.Channels)
        {
            throw DoesNotFit($"its kernel is for {channels} channels, but its input has {input.Channels}.");
        }

        ConvolutionGeometry depthwise = Window.Over(this, input, channels * DepthMultiplier);
        Shape result = depthwise.OutputShape.WithChannels(Filters);
        return new PreparedLayer(new FloatSpec(result), () =>
        {
            FloatDepthwiseConvolution first = new(depthwise, DepthwiseKernel.Values, null, DepthMultiplier);
            FloatDense second = new(channels * DepthMultiplier, Filters, PointwiseKernel.Values, UseBias ? Bias.Values : null);
            int size = depthwise.OutputShape.Size;
            return (tensors, output, batch) =>
            {
                FloatData between = new(size, batch);
                Span<float> values = ((FloatData)output).Values(batch);
                first.Run(((FloatData)tensors[0]).Values(batch), between.Values(batch), batch);
                second.Run(between.Values(batch), values, batch * (size / depthwise.OutputChannels));
                ActivationFunction.Run(Activation, values, Filters);
            };
        });
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings complete = new QuantizerSettings(Name, settings, "dw_weight_quantizer", "pw_weight_quantizer", "bias_quantizer")
            .CompleteWeights(context.WeightBits, "dw_weight_quantizer", (null, true))
            .CompleteWeights(context.WeightBits, "pw_weight_quantizer")
            .CompleteBuffer(context.BufferBits, limited: false);
        return new QuantizedSeparableConv2D
        {
            Name = Name,
            Filters = Filters,
            Window = Window,
            DepthwiseKernel = DepthwiseKernel,
            PointwiseKernel = PointwiseKernel,
            UseBias = UseBias,
            Bias = Bias,
            Settings = complete.Settings,
            OutputQuantizer = complete.Output(Filters),
        };
    }
}

/// <summary>A separable convolution in integers (layers.md 4.6).</summary>
[LayerClass("Custom>QuantizedSeparableConv2D")]
public sealed record QuantizedSeparableConv2D : QuantizedLayer
{
    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <summary>How the depthwise kernel moves.</summary>
    public required ConvolutionWindow Window { get; init; }

    /// <summary>The float depthwise weights, of shape (rows, columns, channels, 1).</summary>
    public NdArray<float> DepthwiseKernel { get; init; } = NoWeights;

    /// <summary>The float pointwise weights, of shape (1, 1, channels, filters).</summary>
    public NdArray<float> PointwiseKernel { get; init; } = NoWeights;

    /// <summary>Whether there is a bias.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>The float bias, one value a filter.</summary>
    public NdArray<float> Bias { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => UseBias
        ? [new($"{Name}/depthwise_kernel:0", DepthwiseKernel), new($"{Name}/pointwise_kernel:0", PointwiseKernel), new($"{Name}/bias:0", Bias), .. OutputVariables]
        : [new($"{Name}/depthwise_kernel:0", DepthwiseKernel), new($"{Name}/pointwise_kernel:0", PointwiseKernel), .. OutputVariables];

    /// <inheritdoc/>
    public override bool HasQuantizableWeights => true;

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Absorbs;

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { DepthwiseKernel = Divide(DepthwiseKernel, rates, axis: 2) };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedSeparableConv2D Read(LayerArguments arguments)
    {
        if (arguments.Int("depth_multiplier", 1) != 1)
        {
            throw arguments.Wrong("depth_multiplier", arguments["depth_multiplier"], "1");
        }

        int filters = arguments.Int("filters");
        QuantizerSettings settings = new(arguments.Name, arguments.Settings(), "dw_weight_quantizer", "pw_weight_quantizer", "bias_quantizer");
        return new QuantizedSeparableConv2D
        {
            Name = arguments.Name,
            Filters = filters,
            Window = ConvolutionWindow.ReadConvolution(arguments),
            UseBias = arguments.Bool("use_bias", true),
            Settings = settings.Settings,
            OutputQuantizer = settings.Output(filters),
        };
    }

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        int own = UseBias ? 3 : 2;
        ExpectVariables(values, own + OutputVariableCount);
        NdArray<float> depthwise = ExpectShape("depthwise_kernel", values[0], Window.KernelSize.Height, Window.KernelSize.Width, Shape.Unknown, 1);
        return this with
        {
            DepthwiseKernel = depthwise,
            PointwiseKernel = ExpectShape("pointwise_kernel", values[1], 1, 1, depthwise.Shape[2], Filters),
            Bias = UseBias ? ExpectShape("bias", values[2], Filters) : NoWeights,
            OutputQuantizer = OutputFrom(values),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        QuantizerSettings settings = new(Name, Settings, "dw_weight_quantizer", "pw_weight_quantizer", "bias_quantizer");
        int valueBits = settings.BufferBitwidth - 1;
        QuantizedSpec given = FixedPointInput(inputs);
        (QuantizedSpec input, int[]? shift) = Align(given, valueBits, recorded);
        int channels = DepthwiseKernel.Shape[2];
        if (input.Shape.Rank == 3 && channels != input.Shape.Channels)
        {
            throw DoesNotFit($"its kernel is for {channels} channels, but its input has {input.Shape.Channels}.");
        }

        ConvolutionGeometry geometry = Window.Over(this, input.Shape, channels);
        QuantizedWeights depthwise = Weights(settings, "dw_weight_quantizer", DepthwiseKernel, recorded);
        QuantizedWeights pointwise = Weights(settings, "pw_weight_quantizer", PointwiseKernel, recorded);
        IntegerDepthwiseConvolution first = new(geometry, depthwise.Values.Values, shift, given.Range, valueBits);
        IntegerDense second = new(channels, Filters, pointwise.Values.Values, null, first.OutputRange, valueBits);
        QuantizedSpec between = new(
            geometry.OutputShape, valueBits, depthwise.AddFracBits(input.FracBits), depthwise.MultiplyScales(null), first.OutputRange);
        QuantizedSpec accumulator = new(
            geometry.OutputShape.WithChannels(Filters), valueBits, pointwise.AddFracBits(between.FracBits), pointwise.MultiplyScales(between.Scales), second.OutputRange);
        (int biasBits, bool biasSigned) = settings.Aligned("bias_quantizer", signed: true);
        AccumulatorTail tail = AccumulatorTail.Create(this, accumulator, UseBias ? (Bias, biasBits, biasSigned) : null, recorded);
        return new PreparedLayer(tail.Output, () => tail.CreateOperation((tensors, output, batch) =>
        {
            using var middle = IntegerData.Rent(between.Shape.Size, batch, between.Storage);
            first.Run((IntegerData)tensors[0], middle, batch);
            second.Run(middle, output, batch);
        }))
        {
            Recorded = recorded,
        };
    }

    private static QuantizedWeights Weights(QuantizerSettings settings, string key, NdArray<float> kernel, RecordedVariables recorded)
    {
        (int bitwidth, bool signed, int? axis, bool fixedPoint) = settings.Weights(key);
        QuantizedWeights weights = WeightQuantization.Quantize(kernel, bitwidth, signed, axis, fixedPoint);
        recorded.Add($"{key}/qweights", weights.ToRecorded());
        return weights;
    }
}

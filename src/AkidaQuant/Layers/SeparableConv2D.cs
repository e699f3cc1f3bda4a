using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>A depthwise convolution followed by a pointwise one, in float.</summary>
[LayerClass("SeparableConv2D")]
public sealed record SeparableConv2D : WeightedLayer
{
    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <summary>How the depthwise kernel moves.</summary>
    public required ConvolutionWindow Window { get; init; }

    /// <summary>The number of depthwise outputs for each channel.</summary>
    public int DepthMultiplier { get; init; } = 1;

    /// <summary>The depthwise weights, of shape (rows, columns, channels, multiplier).</summary>
    public NdArray<float> DepthwiseKernel { get; init; } = NoWeights;

    /// <summary>The pointwise weights, of shape (1, 1, channels x multiplier, filters).</summary>
    public NdArray<float> PointwiseKernel { get; init; } = NoWeights;

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels =>
        [new($"{Name}/depthwise_kernel:0", DepthwiseKernel), new($"{Name}/pointwise_kernel:0", PointwiseKernel)];

    /// <inheritdoc/>
    public override string? QuantizationObstacle =>
        DepthMultiplier != 1 ? $"its depth multiplier is {DepthMultiplier}, and only 1 has a quantized form"
        : base.QuantizationObstacle;

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) =>
        this with
        {
            DepthwiseKernel = Divide(DepthwiseKernel, rates, axis: 2),
        };

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => 
    [
        new("filters", (long)Filters),
        .. Window.ConvolutionArguments(),
        .. WeightArguments.OfKernel(this, Activation, UseBias),
        .. WeightArguments.OfSeparable(this, DepthMultiplier),
    ];

    /// <inheritdoc/>
    public override WeightedLayer ScaleOutputs(float[] factors) => this with { PointwiseKernel = Scale(PointwiseKernel, factors) };

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
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs) => WithBias(
        Filters,
        WeightShape.Depthwise(Window.KernelSize.Height, Window.KernelSize.Width, inputs[0].Channels, DepthMultiplier),
        new WeightShape(
            new Shape(1, 1, checked(inputs[0].Channels * DepthMultiplier), Filters), "glorot_uniform", "pointwise_initializer"));

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        NdArray<float> depthwise = ExpectShape(
            "depthwise_kernel", values[0], Window.KernelSize.Height, Window.KernelSize.Width, Shape.Unknown, DepthMultiplier);
        return this with
        {
            DepthwiseKernel = depthwise,
            PointwiseKernel = ExpectShape("pointwise_kernel", values[1], 1, 1, depthwise.Shape[2] * DepthMultiplier, Filters),
            Bias = BiasFrom(values, Filters),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        int channels = DepthwiseKernel.Shape[2];
        ExpectChannels(channels, input);
        ConvolutionGeometry depthwise = Window.Over(this, input, channels * DepthMultiplier);
        FloatSpec between = new(depthwise.OutputShape);
        return Finish(
            depthwise.OutputShape.WithChannels(Filters),
            () =>
            {
                FloatDense second = new(channels * DepthMultiplier, Filters, PointwiseKernel.Values, BiasValues);
                return FloatPart.Divided((long)between.Shape.Size * Filters, (tensors, output, batch, share, finish) =>
                    second.Run(((FloatData)tensors[0]).Values(batch), output, output.Length / Filters, share, finish));
            },
            () =>
            {
                FloatDepthwiseConvolution first = new(depthwise, DepthwiseKernel.Values, null, DepthMultiplier);
                FloatPart part = FloatPart.Divided(depthwise.ChannelProducts, (tensors, output, batch, share, finish) =>
                    first.Run(((FloatData)tensors[0]).Values(batch), output, batch, share, finish));
                return [part.ToStage(between, [])];
            });
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings complete = QuantizedSeparableConv2D.SettingsOf(Name, settings)
            .CompleteWeights(context.WeightBits, "dw_weight_quantizer", (null, true))
            .CompleteWeights(context.WeightBits, "pw_weight_quantizer")
            .CompleteBuffer(context.BufferBits, limited: false);
        return Quantized(
            new QuantizedSeparableConv2D
            {
                Name = Name,
                Filters = Filters,
                Window = Window,
                DepthwiseKernel = DepthwiseKernel,
                PointwiseKernel = PointwiseKernel,
            },
            complete,
            Filters);
    }
}

/// <summary>A separable convolution in integers (layers.md 4.6).</summary>
[LayerClass("Custom>QuantizedSeparableConv2D", Module = "quantizeml.layers.separable_convolution")]
public sealed record QuantizedSeparableConv2D : QuantizedWeightedLayer
{
    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <summary>How the depthwise kernel moves.</summary>
    public required ConvolutionWindow Window { get; init; }

    /// <summary>The float depthwise weights, of shape (rows, columns, channels, 1).</summary>
    public NdArray<float> DepthwiseKernel { get; init; } = NoWeights;

    /// <summary>The float pointwise weights, of shape (1, 1, channels, filters).</summary>
    public NdArray<float> PointwiseKernel { get; init; } = NoWeights;

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels =>
        [new($"{Name}/depthwise_kernel:0", DepthwiseKernel), new($"{Name}/pointwise_kernel:0", PointwiseKernel)];

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) =>
        this with
        {
            DepthwiseKernel = Divide(DepthwiseKernel, rates, axis: 2),
        };

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => 
    [
        new("filters", (long)Filters),
        .. Window.ConvolutionArguments(),
        .. WeightArguments.OfKernel(this, ActivationFunction.Linear, UseBias),
        .. WeightArguments.OfSeparable(this),
        new("quant_config", Settings ?? []),
    ];

    /// <inheritdoc/>
    public override Layer ToFloat() => new SeparableConv2D
    {
        Name = Name,
        Filters = Filters,
        Window = Window,
        DepthwiseKernel = DepthwiseKernel,
        PointwiseKernel = PointwiseKernel,
        UseBias = UseBias,
        Bias = Bias,
    };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedSeparableConv2D Read(LayerArguments arguments)
    {
        if (arguments.Int("depth_multiplier", 1) != 1)
        {
            throw arguments.Wrong("depth_multiplier", arguments["depth_multiplier"], "1");
        }

        int filters = arguments.Int("filters");
        return Fill(
            new QuantizedSeparableConv2D
            {
                Name = arguments.Name,
                Filters = filters,
                Window = ConvolutionWindow.ReadConvolution(arguments),
            },
            arguments,
            filters,
            settings: SettingsOf(arguments.Name, arguments.Settings()));
    }

    /// <inheritdoc/>
    private protected override int QuantizedChannels(Shape input) => Filters;

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        NdArray<float> depthwise = ExpectShape(
            "depthwise_kernel",
            values[0],
            Window.KernelSize.Height,
            Window.KernelSize.Width,
            Shape.Unknown,
            1);
        return this with
        {
            DepthwiseKernel = depthwise,
            PointwiseKernel = ExpectShape("pointwise_kernel", values[1], 1, 1, depthwise.Shape[2], Filters),
            Bias = BiasFrom(values, Filters),
            OutputQuantizer = OutputFrom(values),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        QuantizerSettings settings = SettingsOf(Name, Settings);
        int valueBits = settings.BufferBitwidth - 1;
        QuantizedSpec given = FixedPointInput(inputs);
        (QuantizedSpec input, int[]? shift) = Align(given, valueBits, recorded);
        int channels = DepthwiseKernel.Shape[2];
        ExpectChannels(channels, input);
        ConvolutionGeometry geometry = Window.Over(this, input.Shape, channels);
        QuantizedWeights depthwise = QuantizeKernel(settings, "dw_weight_quantizer", DepthwiseKernel, recorded, (null, true));
        QuantizedWeights pointwise = QuantizeKernel(settings, "pw_weight_quantizer", PointwiseKernel, recorded);
        IntegerDepthwiseConvolution first = new(geometry, depthwise.Values.Values, shift, given.Range, valueBits);
        IntegerDense second = new(channels, Filters, pointwise.Values.Values, null, first.OutputRange, valueBits);
        QuantizedSpec between = new(
            geometry.OutputShape, valueBits, depthwise.AddFracBits(input.FracBits), depthwise.MultiplyScales(null), first.OutputRange);
        QuantizedSpec accumulator = new(
            geometry.OutputShape.WithChannels(Filters),
            valueBits,
            pointwise.AddFracBits(between.FracBits),
            pointwise.MultiplyScales(between.Scales),
            second.OutputRange);
        LinearPart depthwisePart = LinearPart.Over(geometry.ChannelProducts, first.Run);
        return Finish(settings, accumulator, recorded, LinearPart.Over((long)between.Shape.Size * Filters, second.Run).After(
            depthwisePart, between));
    }

    internal static QuantizerSettings SettingsOf(string layer, QuantSettings? settings) =>
        new(layer, settings, "dw_weight_quantizer", "pw_weight_quantizer", "bias_quantizer");
}

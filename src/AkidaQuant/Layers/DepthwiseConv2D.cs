using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>A convolution of every channel with its own kernel, in float.</summary>
[LayerClass("DepthwiseConv2D")]
public sealed record DepthwiseConv2D : WeightedLayer
{
    /// <summary>How the kernel moves.</summary>
    public required ConvolutionWindow Window { get; init; }

    /// <summary>The number of outputs for each channel.</summary>
    public int DepthMultiplier { get; init; } = 1;

    /// <summary>The weights, of shape (rows, columns, channels, multiplier).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels => [new($"{Name}/depthwise_kernel:0", Kernel)];

    /// <inheritdoc/>
    public override string? QuantizationObstacle =>
        DepthMultiplier != 1 ? $"its depth multiplier is {DepthMultiplier}, and only 1 has a quantized form"
        : Window.Strides.Height != Window.Strides.Width ? "its strides differ between rows and columns"
        : base.QuantizationObstacle;

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 2) };

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [.. Window.ConvolutionArguments(), .. WeightArguments.OfDepthwise(this, Activation, UseBias, DepthMultiplier)];

    /// <inheritdoc/>
    public override WeightedLayer ScaleOutputs(float[] factors) => this with { Kernel = Scale(Kernel, factors) };

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
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs) => WithBias(
        checked(inputs[0].Channels * DepthMultiplier),
        WeightShape.Depthwise(Window.KernelSize.Height, Window.KernelSize.Width, inputs[0].Channels, DepthMultiplier));

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        NdArray<float> kernel = ExpectShape(
            "depthwise_kernel", values[0], Window.KernelSize.Height, Window.KernelSize.Width, Shape.Unknown, DepthMultiplier);
        return this with
        {
            Kernel = kernel,
            Bias = BiasFrom(values, kernel.Shape[2] * DepthMultiplier),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        int channels = Kernel.Shape[2] * DepthMultiplier;
        ConvolutionGeometry geometry = Window.Over(this, input, channels);
        ExpectChannels(Kernel.Shape[2], input);
        return Finish(geometry.OutputShape, () =>
        {
            FloatDepthwiseConvolution kernel = new FloatDepthwiseConvolution(geometry, Kernel.Values, BiasValues, DepthMultiplier);
            return FloatPart.Divided(geometry.ChannelProducts, (tensors, output, batch, share, finish) =>
                kernel.Run(((FloatData)tensors[0]).Values(batch), output, batch, share, finish));
        });
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context) => Quantized(
        new QuantizedDepthwiseConv2D { Name = Name, Window = Window, Kernel = Kernel },
        Complete(settings, context, limited: true, axis: (-2, true)),
        Kernel.Shape[2]);
}

/// <summary>A depthwise convolution in integers; its input may have fractional bits for each channel (layers.md 4.4).</summary>
[LayerClass("Custom>QuantizedDepthwiseConv2D", Module = "quantizeml.layers.depthwise_convolution")]
public sealed record QuantizedDepthwiseConv2D : QuantizedWeightedLayer
{
    /// <summary>How the kernel moves.</summary>
    public required ConvolutionWindow Window { get; init; }

    /// <summary>The float weights, of shape (rows, columns, channels, 1).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels => [new($"{Name}/depthwise_kernel:0", Kernel)];

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 2) };

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
    [
        .. Window.ConvolutionArguments(),
        .. WeightArguments.OfDepthwise(this, ActivationFunction.Linear, UseBias),
        new("quant_config", Settings ?? []),
    ];

    /// <inheritdoc/>
    public override Layer ToFloat() =>
        new DepthwiseConv2D
        {
            Name = Name,
            Window = Window,
            Kernel = Kernel,
            UseBias = UseBias,
            Bias = Bias,
        };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedDepthwiseConv2D Read(LayerArguments arguments)
    {
        if (arguments.Int("depth_multiplier", 1) != 1)
        {
            throw arguments.Wrong("depth_multiplier", arguments["depth_multiplier"], "1");
        }

        return Fill(
            new QuantizedDepthwiseConv2D { Name = arguments.Name, Window = ConvolutionWindow.ReadConvolution(arguments) },
            arguments,
            channels: 1);
    }

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        NdArray<float> kernel = ExpectShape(
            "depthwise_kernel",
            values[0],
            Window.KernelSize.Height,
            Window.KernelSize.Width,
            Shape.Unknown,
            1);
        return this with { Kernel = kernel, Bias = BiasFrom(values, kernel.Shape[2]), OutputQuantizer = OutputFrom(values) };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        QuantizerSettings settings = QuantizerSettings.OfKernel(Name, Settings);
        int valueBits = settings.BufferBitwidth - 1;
        QuantizedSpec given = FixedPointInput(inputs);
        QuantizedSpec input = Promote(given, valueBits);
        ExpectChannels(Kernel.Shape[2], input);
        ConvolutionGeometry geometry = Window.Over(this, input.Shape, input.Shape.Channels);
        QuantizedWeights weights = QuantizeKernel(settings, "weight_quantizer", Kernel, recorded, (-2, true));
        IntegerDepthwiseConvolution convolution = new(geometry, weights.Values.Values, null, given.Range, valueBits);
        QuantizedSpec accumulator = new(
            geometry.OutputShape, valueBits, weights.AddFracBits(input.FracBits), weights.MultiplyScales(null), convolution.OutputRange);
        return Finish(settings, accumulator, recorded, LinearPart.Over(geometry.ChannelProducts, convolution.Run));
    }
}

using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>A transposed convolution of every channel with its own kernel, in float (layers.md 4.5).</summary>
[LayerClass("Custom>DepthwiseConv2DTranspose", Module = "quantizeml.layers.depthwise_convolution")]
public sealed record DepthwiseConv2DTranspose : WeightedLayer
{
    /// <summary>How the kernel moves.</summary>
    public required TransposedWindow Window { get; init; }

    /// <summary>The weights, of shape (rows, columns, channels, 1).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Serialize(this, Window, Activation, UseBias);

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels => [new($"{Name}/depthwise_kernel:0", Kernel)];

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 2) };

    /// <inheritdoc/>
    public override WeightedLayer ScaleOutputs(float[] factors) => this with { Kernel = Scale(Kernel, factors) };

    /// <summary>
    /// A layer that makes images twice as large by a kernel of three by three, the one that processors double with: each value fills so
    /// many rows and columns of the two that become its own, and the rest gets zeros.
    /// </summary>
    /// <param name="name">The name of the layer.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="filled">2 for a value that is repeated, 1 for one among zeros.</param>
    internal static DepthwiseConv2DTranspose Doubling(string name, int channels, int filled = 2)
    {
        const int size = 3, twice = 2;
        float[] kernel = new float[size * size * channels];
        for (int row = 0; row < filled; row++)
        {
            kernel.AsSpan(row * size * channels, filled * channels).Fill(1);
        }

        return new DepthwiseConv2DTranspose
        {
            Name = name,
            Window = new TransposedWindow
            {
                Forward = new ConvolutionWindow { KernelSize = (size, size), Strides = (twice, twice), Padding = Padding.Same },
            },
            Kernel = new NdArray<float>(new Shape(size, size, channels, 1), kernel),
            UseBias = false,
        };
    }

    /// <summary>Makes the layer from stored arguments.</summary>
    public static DepthwiseConv2DTranspose Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Window = ReadWindow(arguments),
        UseBias = arguments.Bool("use_bias", true),
        Activation = ActivationFunction.Read(arguments),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs) => WithBias(
        inputs[0].Channels,
        WeightShape.Depthwise(Window.Forward.KernelSize.Height, Window.Forward.KernelSize.Width, inputs[0].Channels, 1));

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        (int height, int width) = Window.Forward.KernelSize;
        NdArray<float> kernel = ExpectShape("depthwise_kernel", values[0], height, width, Shape.Unknown, 1);
        return this with { Kernel = kernel, Bias = BiasFrom(values, kernel.Shape[2]) };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        ExpectChannels(Kernel.Shape[2], input);
        ConvolutionGeometry forward = Window.Over(this, input, input.Channels);
        return Finish(forward.InputShape, () =>
        {
            FloatDepthwiseTransposedConvolution kernel = new FloatDepthwiseTransposedConvolution(forward, Kernel.Values, BiasValues);
            return FloatPart.Divided(forward.ChannelProducts, (tensors, output, batch, share, finish) =>
                kernel.Run(((FloatData)tensors[0]).Values(batch), output, batch, share, finish));
        });
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context) => Quantized(
        new QuantizedDepthwiseConv2DTranspose { Name = Name, Window = Window, Kernel = Kernel },
        Complete(settings, context, limited: true, axis: (null, true)),
        Kernel.Shape[2]);

    /// <summary>The arguments that both forms have.</summary>
    internal static IEnumerable<KeyValuePair<string, object?>> Serialize(
        Layer layer,
        TransposedWindow window,
        string activation,
        bool useBias
    ) => [.. window.Forward.ConvolutionArguments(), .. WeightArguments.OfDepthwise(layer, activation, useBias)];

    /// <summary>The window, whose arguments are checked where they are given (layers.md 4.5).</summary>
    internal static TransposedWindow ReadWindow(LayerArguments arguments)
    {
        TransposedWindow window = TransposedWindow.Read(arguments);
        Require("strides", window.Forward.Strides == (2, 2), "2");
        Require("padding", window.Forward.Padding == Padding.Same, "'same'");
        Require("dilation_rate", window.Forward.Dilation == (1, 1), "1");
        Require("depth_multiplier", arguments.Int("depth_multiplier", 1) == 1, "1");
        return window with { OutputPadding = null };

        void Require(string key, bool holds, string expected)
        {
            if (arguments.Has(key) && !holds)
            {
                throw arguments.Wrong(key, arguments[key], expected);
            }
        }
    }
}

/// <summary>A depthwise transposed convolution in integers, with one scale for all channels (layers.md 4.5).</summary>
[LayerClass("Custom>QuantizedDepthwiseConv2DTranspose", Module = "quantizeml.layers.depthwise_convolution")]
public sealed record QuantizedDepthwiseConv2DTranspose : QuantizedWeightedLayer
{
    /// <summary>How the kernel moves.</summary>
    public required TransposedWindow Window { get; init; }

    /// <summary>The float weights, of shape (rows, columns, channels, 1).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [.. DepthwiseConv2DTranspose.Serialize(this, Window, ActivationFunction.Linear, UseBias), new("quant_config", Settings ?? [])];

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels => [new($"{Name}/depthwise_kernel:0", Kernel)];

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 2) };

    /// <inheritdoc/>
    public override Layer ToFloat() =>
        new DepthwiseConv2DTranspose
        {
            Name = Name,
            Window = Window,
            Kernel = Kernel,
            UseBias = UseBias,
            Bias = Bias,
        };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedDepthwiseConv2DTranspose Read(LayerArguments arguments) =>
        Fill(
            new QuantizedDepthwiseConv2DTranspose { Name = arguments.Name, Window = DepthwiseConv2DTranspose.ReadWindow(arguments) },
            arguments,
            channels: 1);

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        (int height, int width) = Window.Forward.KernelSize;
        NdArray<float> kernel = ExpectShape("depthwise_kernel", values[0], height, width, Shape.Unknown, 1);
        return this with
        {
            Kernel = kernel,
            Bias = BiasFrom(values, kernel.Shape[2]),
            OutputQuantizer = OutputFrom(values),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        QuantizerSettings settings = QuantizerSettings.OfKernel(Name, Settings);
        int valueBits = settings.BufferBitwidth - 1;
        QuantizedSpec given = FixedPointInput(inputs);
        (QuantizedSpec input, int[]? shift) = Align(given, valueBits, recorded);
        ExpectChannels(Kernel.Shape[2], input);
        ConvolutionGeometry forward = Window.Over(this, input.Shape, input.Shape.Channels);
        QuantizedWeights weights = QuantizeKernel(settings, "weight_quantizer", Kernel, recorded);
        IntegerDepthwiseTransposedConvolution convolution = new(forward, weights.Values.Values, shift, given.Range, valueBits);
        QuantizedSpec accumulator = new(
            forward.InputShape, valueBits, weights.AddFracBits(input.FracBits), weights.MultiplyScales(null), convolution.OutputRange);
        return Finish(settings, accumulator, recorded, LinearPart.Over(forward.ChannelProducts, convolution.Run));
    }
}

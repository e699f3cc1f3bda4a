using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>A transposed two-dimensional convolution in float. Its groups are read and have no effect, as in Keras.</summary>
[LayerClass("Conv2DTranspose")]
public sealed record Conv2DTranspose : WeightedLayer
{
    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <summary>How the kernel moves.</summary>
    public required TransposedWindow Window { get; init; }

    /// <summary>The weights, of shape (rows, columns, filters, input channels).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Serialize(this, Window, Filters, Activation, UseBias);

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels => [new($"{Name}/kernel:0", Kernel)];

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 3) };

    /// <inheritdoc/>
    public override WeightedLayer ScaleOutputs(float[] factors) => this with { Kernel = Scale(Kernel, factors, Kernel.Shape[3]) };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Conv2DTranspose Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Filters = arguments.Int("filters"),
        Window = TransposedWindow.Read(arguments),
        UseBias = arguments.Bool("use_bias", true),
        Activation = ActivationFunction.Read(arguments),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs) => WithBias(
        Filters,
        WeightShape.Kernel(Window.Forward.KernelSize.Height, Window.Forward.KernelSize.Width, Filters, inputs[0].Channels));

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        (int height, int width) = Window.Forward.KernelSize;
        return this with
        {
            Kernel = ExpectShape("kernel", values[0], height, width, Filters, Shape.Unknown),
            Bias = BiasFrom(values, Filters),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        ConvolutionGeometry forward = Window.Over(this, input, Filters);
        ExpectChannels(Kernel.Shape[3], input);
        return Finish(forward.InputShape, () =>
        {
            FloatTransposedConvolution kernel = new FloatTransposedConvolution(forward, FiltersLast(Kernel).Values, BiasValues);
            return FloatPart.Divided(forward.Products, (tensors, output, batch, share, finish) =>
                kernel.Run(((FloatData)tensors[0]).Values(batch), output, batch, share, finish));
        });
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context) =>
        Quantized(
            new QuantizedConv2DTranspose
            {
                Name = Name,
                Filters = Filters,
                Window = Window,
                Kernel = Kernel,
            },
            Complete(settings, context, limited: true),
            Filters);

    /// <summary>The arguments that both forms have.</summary>
    internal static IEnumerable<KeyValuePair<string, object?>> Serialize(
        Layer layer, TransposedWindow window, int filters, string activation, bool useBias) =>
    [
        new("filters", (long)filters),
        .. window.Forward.ConvolutionArguments(layer.Kept("groups").Value is long groups ? (int)groups : 1),
        .. WeightArguments.OfKernel(layer, activation, useBias),
        new("output_padding", window.OutputPadding is { } padding ? LayerArguments.ListOf(padding) : null),
    ];

    /// <summary>A kernel (rows, columns, filters, input channels) with the last two axes swapped.</summary>
    internal static NdArray<float> FiltersLast(NdArray<float> kernel)
    {
        (int filters, int channels) = (kernel.Shape[2], kernel.Shape[3]);
        float[] values = new float[kernel.Values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (int tap, int inner) = Math.DivRem(i, filters * channels);
            values[i] = kernel.Values[(tap * filters * channels) + (inner % filters * channels) + (inner / filters)];
        }

        return new NdArray<float>(new Shape(kernel.Shape[0], kernel.Shape[1], channels, filters), values);
    }
}

/// <summary>A transposed convolution in integers (layers.md 4.3).</summary>
[LayerClass("Custom>QuantizedConv2DTranspose", Module = "quantizeml.layers.convolution")]
public sealed record QuantizedConv2DTranspose : QuantizedWeightedLayer
{
    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <summary>How the kernel moves.</summary>
    public required TransposedWindow Window { get; init; }

    /// <summary>The float weights, of shape (rows, columns, filters, input channels).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [.. Conv2DTranspose.Serialize(this, Window, Filters, ActivationFunction.Linear, UseBias), new("quant_config", Settings ?? [])];

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels => [new($"{Name}/kernel:0", Kernel)];

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 3) };

    /// <inheritdoc/>
    public override Layer ToFloat() =>
        new Conv2DTranspose { Name = Name, Filters = Filters, Window = Window, Kernel = Kernel, UseBias = UseBias, Bias = Bias };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedConv2DTranspose Read(LayerArguments arguments)
    {
        int filters = arguments.Int("filters");
        return Fill(
            new QuantizedConv2DTranspose
            {
                Name = arguments.Name,
                Filters = filters,
                Window = TransposedWindow.Read(arguments),
            },
            arguments,
            filters);
    }

    /// <inheritdoc/>
    private protected override int QuantizedChannels(Shape input) => Filters;

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        (int height, int width) = Window.Forward.KernelSize;
        return this with
        {
            Kernel = ExpectShape("kernel", values[0], height, width, Filters, Shape.Unknown),
            Bias = BiasFrom(values, Filters),
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
        ExpectChannels(Kernel.Shape[3], input);
        ConvolutionGeometry forward = Window.Over(this, input.Shape, Filters);
        QuantizedWeights weights = QuantizeKernel(settings, "weight_quantizer", Conv2DTranspose.FiltersLast(Kernel), recorded);
        IntegerTransposedConvolution convolution = new(forward, weights.Values.Values, shift, given.Range, valueBits);
        QuantizedSpec accumulator = new(
            forward.InputShape, valueBits, weights.AddFracBits(input.FracBits), weights.MultiplyScales(null), convolution.OutputRange);
        return Finish(settings, accumulator, recorded, LinearPart.Over(forward.Products, convolution.Run));
    }
}

using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>A two-dimensional convolution in float.</summary>
[LayerClass("Conv2D")]
public record Conv2D : WeightedLayer
{
    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <summary>How the kernel moves.</summary>
    public required ConvolutionWindow Window { get; init; }

    /// <summary>The number of groups that input and output channels are split into.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>The weights, of shape (rows, columns, input channels / groups, filters).</summary>
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
        Groups != 1 ? $"its groups are {Groups}, and only 1 has a quantized form"
        : base.QuantizationObstacle;

    /// <summary>The values that fill the border; null for zeros that padding implies.</summary>
    protected virtual float[]? BorderValues => null;

    /// <inheritdoc/>
    public override Equalization Equalization => Groups == 1 ? Equalization.Absorbs : Equalization.Stops;

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 2) };

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [new("filters", (long)Filters), .. Window.ConvolutionArguments(Groups), .. WeightArguments.OfKernel(this, Activation, UseBias)];

    /// <inheritdoc/>
    public override WeightedLayer ScaleOutputs(float[] factors) => this with { Kernel = Scale(Kernel, factors) };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Conv2D Read(LayerArguments arguments) => Fill(new Conv2D
    {
        Name = arguments.Name,
        Filters = arguments.Int("filters"),
        Window = ConvolutionWindow.ReadConvolution(arguments),
    }, arguments);

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs) => WithBias(
        Filters,
        WeightShape.Kernel(Window.KernelSize.Height, Window.KernelSize.Width, inputs[0].Channels / Math.Max(Groups, 1), Filters));

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        return this with
        {
            Kernel = ExpectShape("kernel", values[0], Window.KernelSize.Height, Window.KernelSize.Width, Shape.Unknown, Filters),
            Bias = BiasFrom(values, Filters),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        ConvolutionGeometry geometry = Window.Over(this, input, Filters, BorderValues is not null);
        ExpectChannels(Kernel.Shape[2] * Groups, input);
        return Finish(geometry.OutputShape, () =>
        {
            if (Kernel.Diagonal is { } factors && Groups == 1 && geometry.IsPointwise)
            {
                return ScaledChannels(geometry.OutputHeight * geometry.OutputWidth, factors);
            }

            FloatConvolution kernel = new FloatConvolution(geometry, Kernel.Values, BiasValues, BorderValues, Groups);
            return FloatPart.Divided(geometry.Products / Groups, (tensors, output, batch, share, finish) =>
                kernel.Run(((FloatData)tensors[0]).Values(batch), output, batch, share, finish));
        });
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context) => Quantized(
        new QuantizedConv2D { Name = Name, Filters = Filters, Window = Window, Kernel = Kernel, PaddingValue = BorderValues },
        Complete(settings, context, limited: true),
        Filters);

    /// <summary>Fills what this class and its descendants share.</summary>
    protected static T Fill<T>(T layer, LayerArguments arguments)
        where T : Conv2D => layer with
        {
            Groups = arguments.Int("groups", 1),
            UseBias = arguments.Bool("use_bias", true),
            Activation = ActivationFunction.Read(arguments),
        };
}

/// <summary>A two-dimensional convolution in integers (layers.md 4.1).</summary>
[LayerClass("Custom>QuantizedConv2D", Module = "quantizeml.layers.convolution")]
public sealed record QuantizedConv2D : QuantizedWeightedLayer
{
    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <summary>How the kernel moves.</summary>
    public required ConvolutionWindow Window { get; init; }

    /// <summary>The float weights, of shape (rows, columns, input channels, filters).</summary>
    public NdArray<float> Kernel
    {
        get;
        init => field = value.Compact();
    }
    = NoWeights;

    /// <summary>
    /// The real value, one or one a channel, that padding, "same" or given amounts, puts around the image; null for integer zeros
    /// (layers.md 4.2).
    /// </summary>
    public float[]? PaddingValue { get; init; }

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels => [new($"{Name}/kernel:0", Kernel)];

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 2) };

    /// <inheritdoc/>
    public override Layer ToFloat()
    {
        Conv2D layer = new() { Name = Name, Filters = Filters, Window = Window, Kernel = Kernel, UseBias = UseBias, Bias = Bias };
        return PaddingValue is null ? layer : PaddedConv2D.From(layer, PaddingValue);
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
    [
        new("filters", (long)Filters),
        .. Window.ConvolutionArguments(),
        .. WeightArguments.OfKernel(this, ActivationFunction.Linear, UseBias),
        new("quant_config", Settings ?? []),
        .. PaddingValue is { } values ? new[] { KeyValuePair.Create("padding_value", LayerArguments.ListOf(values)) } : [],
    ];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedConv2D Read(LayerArguments arguments)
    {
        if (arguments.Int("groups", 1) != 1)
        {
            throw arguments.Wrong("groups", arguments["groups"], "1");
        }

        int filters = arguments.Int("filters");
        return Fill(
            new QuantizedConv2D
            {
                Name = arguments.Name,
                Filters = filters,
                Window = ConvolutionWindow.ReadConvolution(arguments),
                PaddingValue = arguments.Numbers("padding_value") is { } values ? Array.ConvertAll(values, value => (float)value) : null,
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
        return this with
        {
            Kernel = ExpectShape("kernel", values[0], Window.KernelSize.Height, Window.KernelSize.Width, Shape.Unknown, Filters),
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
        QuantizedSpec given = QuantizedInput(inputs);
        (QuantizedSpec input, int[]? shift) = Align(given, valueBits, recorded);
        ExpectChannels(Kernel.Shape[2], input);
        ConvolutionGeometry geometry = Window.Over(this, input.Shape, Filters, PaddingValue is not null);
        QuantizedWeights weights = QuantizeKernel(settings, "weight_quantizer", Kernel, recorded);
        int[]? border = PaddingValue is { } values ? Border(values, input, settings, recorded) : null;

        IntegerConvolution convolution = new(geometry, weights.Values, shift, given.Range, valueBits, border);
        QuantizedSpec accumulator = new(
            geometry.OutputShape,
            valueBits,
            weights.AddFracBits(input.FracBits),
            weights.MultiplyScales(input.Scales),
            convolution.OutputRange);
        return Finish(settings, accumulator, recorded, LinearPart.Over(geometry.Products, convolution.Run));
    }

    private int[] Border(float[] values, QuantizedSpec input, QuantizerSettings settings, RecordedVariables recorded)
    {
        if (values.Length != 1 && values.Length != input.Shape.Channels)
        {
            throw DoesNotFit(
                $"its padding_value has {values.Length} values, but its input has {input.Shape.Channels} channels. Give one value, or one a channel.");
        }

        (int bitwidth, bool signed, _, _) = settings.Weights();
        AlignedTensor aligned = QuantizedTail.Align(
            this,
            "padding_value_quantizer",
            values is [var only] ? NdArray<float>.Scalar(only) : NdArray<float>.Vector(values),
            input,
            bitwidth,
            signed,
            recorded);
        return [.. aligned.Values.Span.ToArray().Select(value => checked((int)value))];
    }
}

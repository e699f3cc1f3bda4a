using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Storage;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>
/// A convolution over time: each call takes one frame, and the output is a 1x1 convolution of the last frames, the
/// oldest first (layers.md 9.1). Frames before the first are zeros.
/// </summary>
[LayerClass("Custom>BufferTempConv", Module = "quantizeml.layers.buffer_temp_conv")]
public sealed record BufferTempConv : WeightedLayer
{
    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <summary>The number of frames that an output sees.</summary>
    public required int KernelSize { get; init; }

    /// <summary>The weights, of shape (1, 1, frames x channels, filters).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override bool IsStateful => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels => [new($"{Name}/kernel:0", Kernel)];

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [new("kernel_size", (long)KernelSize), new("use_bias", UseBias), new("filters", (long)Filters)];

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.AbsorbsOneRate;

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 2) };

    /// <inheritdoc/>
    public override WeightedLayer ScaleOutputs(float[] factors) => this with { Kernel = Scale(Kernel, factors) };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static BufferTempConv Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Filters = arguments.Int("filters"),
        KernelSize = FrameQueue.Read(arguments),
        UseBias = arguments.Bool("use_bias", false),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs) =>
        WithBias(Filters, WeightShape.Kernel(1, 1, checked(KernelSize * inputs[0].Channels), Filters));

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        return this with
        {
            Kernel = ExpectShape("kernel", values[0], 1, 1, Shape.Unknown, Filters),
            Bias = BiasFrom(values, Filters),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        FloatSpec frame = FloatInput(inputs);
        FloatSpec frames = FrameQueue.Over(this, frame, KernelSize);
        int channels = frame.Shape.Channels;
        ExpectKernel(this, Kernel, KernelSize, channels);
        return new PreparedLayer(new FloatSpec(frame.Shape.WithChannels(Filters)), () =>
        {
            FrameFifo fifo = new(KernelSize, channels);
            FloatDense product = new(KernelSize * channels, Filters, Kernel.Values, BiasValues);
            return (tensors, output, batch) =>
            {
                Span<float> queue = ((FloatData)tensors[1]).Values(batch);
                Span<float> result = ((FloatData)output).Values(batch);
                fifo.Push(queue, ((FloatData)tensors[0]).Values(batch));
                product.Run(queue, result, result.Length / Filters);
            };
        })
        {
            State = [frames],
        };
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context) => Quantized(
        new QuantizedBufferTempConv { Name = Name, Filters = Filters, KernelSize = KernelSize, Kernel = Kernel },
        Complete(settings, context, limited: false),
        Filters);

    internal static void ExpectKernel(Layer layer, NdArray<float> kernel, int frames, int channels)
    {
        if (kernel.Shape[^2] != frames * channels)
        {
            throw new QuantException(
                "LayerInputMismatch",
                QuantErrorKind.InvalidData,
                $"Layer '{layer.Name}' ({layer.ClassName}): its kernel is for {kernel.Shape[^2]} values, but {frames} frames of {channels} channels have {frames * channels}.",
                layer.Name);
        }
    }
}

/// <summary>A convolution over time in integers, which remembers frames as they come, before any alignment (layers.md 9.2).</summary>
[LayerClass("Custom>QuantizedBufferTempConv", Module = "quantizeml.layers.buffer_temp_conv")]
public sealed record QuantizedBufferTempConv : QuantizedWeightedLayer
{
    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <summary>The number of frames that an output sees.</summary>
    public required int KernelSize { get; init; }

    /// <summary>The float weights, of shape (1, 1, frames x channels, filters).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override bool IsStateful => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels => [new($"{Name}/kernel:0", Kernel)];

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [
            new("kernel_size", (long)KernelSize),
            new("use_bias", UseBias),
            new("filters", (long)Filters),
            new("quant_config", Settings ?? []),
        ];

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.AbsorbsOneRate;

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 2) };

    /// <inheritdoc/>
    public override Layer ToFloat() => new BufferTempConv
    {
        Name = Name,
        Filters = Filters,
        KernelSize = KernelSize,
        Kernel = Kernel,
        UseBias = UseBias,
        Bias = Bias,
    };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedBufferTempConv Read(LayerArguments arguments)
    {
        int filters = arguments.Int("filters");
        return Fill(
            new QuantizedBufferTempConv
            {
                Name = arguments.Name,
                Filters = filters,
                KernelSize = FrameQueue.Read(arguments),
            },
            arguments,
            filters,
            useBias: false);
    }

    /// <inheritdoc/>
    private protected override int QuantizedChannels(Shape input) => Filters;

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        return this with
        {
            Kernel = ExpectShape("kernel", values[0], 1, 1, Shape.Unknown, Filters),
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
        QuantizedSpec frame = QuantizedInput(inputs);
        FrameWindow window = FrameQueue.Over(this, frame, KernelSize);
        int channels = frame.Shape.Channels;
        ExpectChannels(channels, frame);
        BufferTempConv.ExpectKernel(this, Kernel, KernelSize, channels);
        (QuantizedSpec aligned, int[]? shift) = Expand(frame, valueBits, recorded);
        QuantizedWeights weights = QuantizeKernel(settings, "weight_quantizer", Kernel, recorded);
        int[]? shifts = shift is null ? null : [.. Enumerable.Repeat(shift, KernelSize).SelectMany(values => values)];
        IntegerDense product = new(KernelSize * channels, Filters, weights.Values.Values, shifts, window.Queue.Range, valueBits);
        QuantizedSpec accumulator = new(
            frame.Shape.WithChannels(Filters),
            valueBits,
            weights.AddFracBits(aligned.FracBits),
            weights.MultiplyScales(aligned.Scales),
            product.OutputRange);
        return Finish(
            settings,
            accumulator,
            recorded,
            window.Linear(product.Run),
            [window.Queue]);
    }
}

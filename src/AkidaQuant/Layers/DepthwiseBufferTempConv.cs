using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Storage;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>
/// A convolution over time of every channel with its own kernel: each call takes one frame, and the output is the
/// weighted sum of the last frames, the oldest first (layers.md 9.1). Frames before the first are zeros.
/// </summary>
[LayerClass("Custom>DepthwiseBufferTempConv", Module = "quantizeml.layers.buffer_temp_conv")]
public sealed record DepthwiseBufferTempConv : WeightedLayer
{
    /// <summary>The number of frames that an output sees.</summary>
    public required int KernelSize { get; init; }

    /// <summary>The weights, of shape (frames, channels).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override bool IsStateful => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels => [new($"{Name}/kernel:0", Kernel)];

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [new("kernel_size", (long)KernelSize), new("use_bias", UseBias)];

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.AbsorbsOneRate;

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 1) };

    /// <inheritdoc/>
    public override WeightedLayer ScaleOutputs(float[] factors) => this with { Kernel = Scale(Kernel, factors) };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static DepthwiseBufferTempConv Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        KernelSize = FrameQueue.Read(arguments),
        UseBias = arguments.Bool("use_bias", false),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs) =>
        WithBias(inputs[0].Channels, WeightShape.Kernel(KernelSize, inputs[0].Channels));

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        NdArray<float> kernel = ExpectShape("kernel", values[0], KernelSize, Shape.Unknown);
        return this with
        {
            Kernel = kernel,
            Bias = BiasFrom(values, kernel.Shape[1]),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        FloatSpec frame = FloatInput(inputs);
        FloatSpec frames = FrameQueue.Over(this, frame, KernelSize);
        ExpectChannels(Kernel.Shape[1], frame.Shape);
        return new PreparedLayer(frame, () =>
        {
            FrameFifo fifo = new(KernelSize, frame.Shape.Channels);
            FloatDepthwiseConvolution sum = new(FrameWindow.PerChannel(frames.Shape), Kernel.Values, BiasValues, 1);
            return (tensors, output, batch) =>
            {
                Span<float> queue = ((FloatData)tensors[1]).Values(batch);
                fifo.Push(queue, ((FloatData)tensors[0]).Values(batch));
                sum.Run(queue, ((FloatData)output).Values(batch), batch);
            };
        })
        {
            State = [frames],
        };
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context) => Quantized(
        new QuantizedDepthwiseBufferTempConv { Name = Name, KernelSize = KernelSize, Kernel = Kernel },
        Complete(settings, context, limited: false),
        Kernel.Shape[1]);
}

/// <summary>
/// A convolution over time of every channel with its own kernel, in integers, which remembers frames as they come, before
/// any alignment (layers.md 9.2).
/// </summary>
[LayerClass("Custom>QuantizedDepthwiseBufferTempConv", Module = "quantizeml.layers.buffer_temp_conv")]
public sealed record QuantizedDepthwiseBufferTempConv : QuantizedWeightedLayer
{
    /// <summary>The number of frames that an output sees.</summary>
    public required int KernelSize { get; init; }

    /// <summary>The float weights, of shape (frames, channels).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override bool IsStateful => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels => [new($"{Name}/kernel:0", Kernel)];

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [new("kernel_size", (long)KernelSize), new("use_bias", UseBias), new("quant_config", Settings ?? [])];

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.AbsorbsOneRate;

    /// <inheritdoc/>
    public override Layer DivideInputs(ScalarOrVector<float> rates) => this with { Kernel = Divide(Kernel, rates, axis: 1) };

    /// <inheritdoc/>
    public override Layer ToFloat() =>
        new DepthwiseBufferTempConv
        {
            Name = Name,
            KernelSize = KernelSize,
            Kernel = Kernel,
            UseBias = UseBias,
            Bias = Bias,
        };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedDepthwiseBufferTempConv Read(LayerArguments arguments) =>
        Fill(
            new QuantizedDepthwiseBufferTempConv { Name = arguments.Name, KernelSize = FrameQueue.Read(arguments) },
            arguments,
            channels: 1,
            useBias: false);

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        NdArray<float> kernel = ExpectShape("kernel", values[0], KernelSize, Shape.Unknown);
        return this with
        {
            Kernel = kernel,
            Bias = BiasFrom(values, kernel.Shape[1]),
            OutputQuantizer = OutputFrom(values),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        QuantizerSettings settings = QuantizerSettings.OfKernel(Name, Settings);
        int valueBits = settings.BufferBitwidth - 1;
        QuantizedSpec frame = FixedPointInput(inputs);
        FrameWindow window = FrameQueue.Over(this, frame, KernelSize);
        ExpectChannels(Kernel.Shape[1], frame);
        (QuantizedSpec aligned, int[]? shift) = Expand(frame, valueBits, recorded);
        QuantizedWeights weights = QuantizeKernel(settings, "weight_quantizer", Kernel, recorded);
        IntegerDepthwiseConvolution sum = new(
            FrameWindow.PerChannel(window.Queue.Shape), weights.Values.Values, shift, window.Queue.Range, valueBits);
        QuantizedSpec accumulator = new(
            frame.Shape, valueBits, weights.AddFracBits(aligned.FracBits), weights.MultiplyScales(null), sum.OutputRange);
        return Finish(
            settings,
            accumulator,
            recorded,
            window.Linear(sum.Run),
            [window.Queue]);
    }
}

using System.Buffers;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Optimization;

/// <summary>
/// A kernel as a matrix, whatever its layer: <c>sum = row x matrix</c> at each position, where a row holds the inputs that meet the
/// weights. Layers whose channels have kernels of their own are several such matrices of one column, side by side.
/// </summary>
/// <param name="Rows">The weights of a filter.</param>
/// <param name="Filters">The filters of a group.</param>
/// <param name="Groups">The number of groups: 1, or one a channel.</param>
/// <param name="Positions">The positions of a sample.</param>
internal abstract record KernelForm(int Rows, int Filters, int Groups, int Positions)
{
    /// <summary>All filters.</summary>
    public int Outputs => Filters * Groups;

    /// <summary>The form of a layer's kernel; null for layers that have none, or one of several kernels.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">The shape of its input.</param>
    public static KernelForm? Of(QuantizedWeightedLayer layer, Shape input) => layer switch
    {
        QuantizedConv2D own => new ConvolutionForm(
            own.Window.Over(own, input, own.Filters, own.PaddingValue is not null), own.PaddingValue, isDepthwise: false),
        QuantizedDepthwiseConv2D own => new ConvolutionForm(own.Window.Over(own, input, input.Channels), null, isDepthwise: true),
        QuantizedConv2DTranspose own => new TransposedForm(own.Window.Over(own, input, own.Filters), own.Filters, isDepthwise: false),
        QuantizedDepthwiseConv2DTranspose own => new TransposedForm(
            own.Window.Over(own, input, input.Channels), input.Channels, isDepthwise: true),
        QuantizedStatefulProjection own => new DenseForm(input, own.Units, own.Subsample),
        QuantizedDense own => new DenseForm(input, own.Units, 1),
        QuantizedSeparableConv2D own => new SeparableForm(own, own.Window.Over(own, input, input.Channels)),
        QuantizedBufferTempConv own => new FramesForm(own.KernelSize, input, own.Filters, isDepthwise: false),
        QuantizedDepthwiseBufferTempConv own => new FramesForm(own.KernelSize, input, 1, isDepthwise: true),
        _ => null,
    };

    /// <summary>The position of the kernel among the stored arrays of the layer.</summary>
    public virtual int Variable => 0;

    /// <summary>How many samples before the given one a row looks at, of the same stream.</summary>
    public virtual int History => 0;

    /// <summary>The weights of a kernel as (group, row, filter).</summary>
    public virtual float[] Read(NdArray<float> kernel) => [.. kernel.Values];

    /// <summary>The values that were recorded of a quantized kernel, as (group, row, filter).</summary>
    public virtual float[] ReadRecorded(NdArray<float> values) => Read(values);

    /// <summary>The kernel of weights given as (group, row, filter).</summary>
    public virtual NdArray<float> Write(NdArray<float> kernel, float[] weights) => kernel with { Values = [.. weights] };

    /// <summary>The inputs of a position: for each group its row.</summary>
    /// <param name="samples">The sample, and before it those that <see cref="History"/> asks for, the oldest first.</param>
    /// <param name="position">The position.</param>
    /// <param name="row">Gets (group, row).</param>
    public abstract void ReadRow(ReadOnlySpan<float> samples, int position, Span<float> row);

    /// <summary>(row, channel) turned into (channel, row), or back.</summary>
    private protected static float[] Transposed(ReadOnlySpan<float> values, int rows, int columns)
    {
        float[] result = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, columns);
            result[(column * rows) + row] = values[i];
        }

        return result;
    }
}

/// <summary>A dense layer: a position's row is its channels. Of a sequence one time step of a few may count, the last of them.</summary>
internal sealed record DenseForm : KernelForm
{
    private readonly int _inner;
    private readonly int _subsample;

    public DenseForm(Shape input, int units, int subsample)
        : base(input.Channels, units, 1, input.Size / input.Channels / subsample)
    {
        _inner = subsample == 1 ? 1 : input.Size / input.Channels / input[0];
        _subsample = subsample;
    }

    /// <inheritdoc/>
    public override void ReadRow(ReadOnlySpan<float> samples, int position, Span<float> row)
    {
        (int step, int within) = Math.DivRem(position, _inner);
        samples.Slice(((((step + 1) * _subsample) - 1) * _inner + within) * Rows, Rows).CopyTo(row);
    }
}

/// <summary>The pointwise kernel of a separable convolution: rows are what its depthwise kernel, as integers, gives.</summary>
internal sealed record SeparableForm : KernelForm
{
    private readonly ConvolutionForm _depthwise;
    private readonly float[] _weights;

    public SeparableForm(QuantizedSeparableConv2D layer, ConvolutionGeometry geometry)
        : base(geometry.InputChannels, layer.Filters, 1, geometry.OutputHeight * geometry.OutputWidth)
    {
        _depthwise = new ConvolutionForm(geometry, null, isDepthwise: true);
        (int bitwidth, bool signed, _, bool fixedPoint) =
            QuantizedSeparableConv2D.SettingsOf(layer.Name, layer.Settings).Weights("dw_weight_quantizer");
        QuantizedWeights weights = WeightQuantization.Quantize(layer.DepthwiseKernel, bitwidth, signed, null, fixedPoint);
        float step = weights.Scales?.Values[0] ?? MathF.ScaleB(1f, -weights.FracBits[0]);
        _weights = _depthwise.Read(weights.Values.Map(weight => weight * step));
    }

    /// <inheritdoc/>
    public override int Variable => 1;

    /// <inheritdoc/>
    public override void ReadRow(ReadOnlySpan<float> samples, int position, Span<float> row)
    {
        float[] taps = ArrayPool<float>.Shared.Rent(_weights.Length);
        _depthwise.ReadRow(samples, position, taps.AsSpan(0, _weights.Length));
        for (int channel = 0; channel < row.Length; channel++)
        {
            float sum = 0;
            for (int tap = channel * _depthwise.Rows; tap < (channel + 1) * _depthwise.Rows; tap++)
            {
                sum += taps[tap] * _weights[tap];
            }

            row[channel] = sum;
        }

        ArrayPool<float>.Shared.Return(taps);
    }
}

/// <summary>A convolution, of all channels or each by itself.</summary>
internal sealed record ConvolutionForm : KernelForm
{
    private readonly ConvolutionGeometry _geometry;
    private readonly float[]? _border;
    private readonly bool _isDepthwise;

    public ConvolutionForm(ConvolutionGeometry geometry, float[]? border, bool isDepthwise)
        : base(
            geometry.KernelHeight * geometry.KernelWidth * (isDepthwise ? 1 : geometry.InputChannels),
            isDepthwise ? 1 : geometry.OutputChannels,
            isDepthwise ? geometry.InputChannels : 1,
            geometry.OutputHeight * geometry.OutputWidth)
    {
        _geometry = geometry;
        _border = border;
        _isDepthwise = isDepthwise;
    }

    /// <inheritdoc/>
    public override float[] Read(NdArray<float> kernel) =>
        _isDepthwise ? Transposed(kernel.Values, Rows, Groups) : base.Read(kernel);

    /// <inheritdoc/>
    public override NdArray<float> Write(NdArray<float> kernel, float[] weights) =>
        base.Write(kernel, _isDepthwise ? Transposed(weights, Groups, Rows) : weights);

    /// <inheritdoc/>
    public override void ReadRow(ReadOnlySpan<float> samples, int position, Span<float> row)
    {
        int channels = _geometry.InputChannels;
        (int y, int x) = Math.DivRem(position, _geometry.OutputWidth);
        for (int tap = 0; tap < _geometry.KernelHeight * _geometry.KernelWidth; tap++)
        {
            int fromY = (y * _geometry.StrideHeight) - _geometry.PadTop + (tap / _geometry.KernelWidth * _geometry.DilationHeight);
            int fromX = (x * _geometry.StrideWidth) - _geometry.PadLeft + (tap % _geometry.KernelWidth * _geometry.DilationWidth);
            bool isInside = fromY >= 0 && fromY < _geometry.InputHeight && fromX >= 0 && fromX < _geometry.InputWidth;
            ReadOnlySpan<float> cell = isInside ? samples.Slice(((fromY * _geometry.InputWidth) + fromX) * channels, channels) : [];
            for (int channel = 0; channel < channels; channel++)
            {
                float value = isInside ? cell[channel] : _border is { } border ? border[border.Length == 1 ? 0 : channel] : 0f;
                row[_isDepthwise ? (channel * Rows) + tap : (tap * channels) + channel] = value;
            }
        }
    }
}

/// <summary>A transposed convolution, of all channels or each by itself: inputs that do not meet a weight are 0.</summary>
internal sealed record TransposedForm : KernelForm
{
    /// <summary>The convolution that is transposed: its input is the layer's output.</summary>
    private readonly ConvolutionGeometry _forward;

    private readonly bool _isDepthwise;

    public TransposedForm(ConvolutionGeometry forward, int filters, bool isDepthwise)
        : base(
            forward.KernelHeight * forward.KernelWidth * (isDepthwise ? 1 : forward.OutputChannels),
            isDepthwise ? 1 : filters,
            isDepthwise ? filters : 1,
            forward.InputHeight * forward.InputWidth)
    {
        _forward = forward;
        _isDepthwise = isDepthwise;
    }

    /// <inheritdoc/>
    public override float[] Read(NdArray<float> kernel) => _isDepthwise
        ? Transposed(kernel.Values, Rows, Groups)
        : [.. Conv2DTranspose.FiltersLast(kernel).Values];

    /// <inheritdoc/>
    /// <remarks>Filters come last there.</remarks>
    public override float[] ReadRecorded(NdArray<float> values) => _isDepthwise ? Read(values) : [.. values.Values];

    /// <inheritdoc/>
    public override NdArray<float> Write(NdArray<float> kernel, float[] weights)
    {
        if (_isDepthwise)
        {
            return base.Write(kernel, Transposed(weights, Groups, Rows));
        }

        // Swapping the last two axes is the way back, too.
        Shape shape = kernel.Shape;
        NdArray<float> filtersLast = new(new Shape(shape[0], shape[1], shape[3], shape[2]), weights);
        return base.Write(kernel, Conv2DTranspose.FiltersLast(filtersLast).Values);
    }

    /// <inheritdoc/>
    public override void ReadRow(ReadOnlySpan<float> samples, int position, Span<float> row)
    {
        int channels = _isDepthwise ? Groups : _forward.OutputChannels;
        (int y, int x) = Math.DivRem(position, _forward.InputWidth);
        for (int tap = 0; tap < _forward.KernelHeight * _forward.KernelWidth; tap++)
        {
            int top = y + _forward.PadTop - (tap / _forward.KernelWidth * _forward.DilationHeight);
            int left = x + _forward.PadLeft - (tap % _forward.KernelWidth * _forward.DilationWidth);
            bool meets = top >= 0 && left >= 0 && top % _forward.StrideHeight == 0 && left % _forward.StrideWidth == 0
                && top / _forward.StrideHeight < _forward.OutputHeight && left / _forward.StrideWidth < _forward.OutputWidth;
            int start = meets ? (((top / _forward.StrideHeight) * _forward.OutputWidth) + (left / _forward.StrideWidth)) * channels : 0;
            for (int channel = 0; channel < channels; channel++)
            {
                row[_isDepthwise ? (channel * Rows) + tap : (tap * channels) + channel] = meets ? samples[start + channel] : 0f;
            }
        }
    }
}

/// <summary>A convolution over the last frames of a stream, of all channels or each by itself.</summary>
internal sealed record FramesForm : KernelForm
{
    private readonly int _frames;
    private readonly int _channels;
    private readonly bool _isDepthwise;

    public FramesForm(int frames, Shape input, int filters, bool isDepthwise)
        : base(
            frames * (isDepthwise ? 1 : input.Channels), filters, isDepthwise ? input.Channels : 1, input.Size / input.Channels)
    {
        _frames = frames;
        _channels = input.Channels;
        _isDepthwise = isDepthwise;
    }

    /// <inheritdoc/>
    public override int History => _frames - 1;

    /// <inheritdoc/>
    public override float[] Read(NdArray<float> kernel) => _isDepthwise ? Transposed(kernel.Values, Rows, Groups) : base.Read(kernel);

    /// <inheritdoc/>
    public override NdArray<float> Write(NdArray<float> kernel, float[] weights) =>
        base.Write(kernel, _isDepthwise ? Transposed(weights, Groups, Rows) : weights);

    /// <inheritdoc/>
    public override void ReadRow(ReadOnlySpan<float> samples, int position, Span<float> row)
    {
        int size = samples.Length / _frames;
        for (int frame = 0; frame < _frames; frame++)
        {
            ReadOnlySpan<float> cell = samples.Slice((frame * size) + (position * _channels), _channels);
            for (int channel = 0; channel < _channels; channel++)
            {
                row[_isDepthwise ? (channel * Rows) + frame : (frame * _channels) + channel] = cell[channel];
            }
        }
    }
}

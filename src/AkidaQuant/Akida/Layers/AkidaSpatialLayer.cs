using AkidaQuant.Geometry;

namespace AkidaQuant.Akida.Layers;

/// <summary>What the convolutions of Akida 2.0 share: square kernels, strides and pools (akida-model.md 1.4).</summary>
public abstract record AkidaSpatialLayer : AkidaIntegerLayer
{
    /// <summary>Stands for "the same as the size" in <see cref="PoolStride"/> and for "all" in <see cref="PoolSize"/>.</summary>
    public const int Default = -1;

    /// <summary>A layer that rectifies.</summary>
    protected AkidaSpatialLayer() => Activation = ActivationType.ReLU;

    /// <summary>Rows and columns of the kernel.</summary>
    public required int KernelSize { get; init; }

    /// <summary>Steps between outputs.</summary>
    public int KernelStride { get; init; } = 1;

    /// <summary>How the border is treated, by the convolution and by the pool; there is no pool with SameUpper.</summary>
    public Padding Padding { get; init; } = Padding.Same;

    /// <summary>How the sums are pooled.</summary>
    public PoolType PoolType { get; init; }

    /// <summary>Rows and columns of the pool.</summary>
    public int PoolSize { get; init; } = Default;

    /// <summary>Steps between pools.</summary>
    public int PoolStride { get; init; } = Default;

    /// <summary>Bits of the weights.</summary>
    public int WeightsBits { get; init; } = 8;

    /// <summary>The parameters of kernels and pools.</summary>
    protected IEnumerable<KeyValuePair<string, object>> SpatialParameters =>
    [
        new("kernel_size", KernelSize),
        new("kernel_stride", KernelStride),
        new("padding", Padding),
        new("pool_type", PoolType),
        new("pool_size", PoolSize),
        new("pool_stride", PoolStride),
        .. OutputParameters,
        new("weights_bits", WeightsBits),
    ];

    /// <summary>The sizes over an input.</summary>
    /// <exception cref="QuantException">The kernel does not fit into the input.</exception>
    protected ConvolutionGeometry Geometry(TensorSpec input, int filters) =>
        Window(input.Shape, KernelSize, KernelStride, filters);

    /// <inheritdoc/>
    private protected override bool SumsPositions => PoolType == PoolType.Average;

    /// <inheritdoc/>
    private protected override ConvolutionGeometry? MaxPool(Shape sums)
    {
        if (PoolType != PoolType.Max)
        {
            return null;
        }

        if (Padding == Padding.SameUpper)
        {
            throw Invalid("AkidaPaddingUnknown", "its padding is SameUpper, which goes with no maximum pool.");
        }

        return PoolSize > 0
            ? Window(sums, PoolSize, PoolStride > 0 ? PoolStride : PoolSize, sums.Channels)
            : throw Invalid("AkidaPoolSizeMissing", "a maximum pool needs a pool_size.");
    }

    private ConvolutionGeometry Window(Shape input, int size, int stride, int channels)
    {
        if (Padding is not (Padding.Valid or Padding.Same or Padding.SameUpper))
        {
            throw Invalid("AkidaPaddingUnknown", $"its padding is {Padding}, and Akida 2.0 has Valid, Same and SameUpper.");
        }

        try
        {
            return ConvolutionGeometry.Create(input, (size, size), (stride, stride), (1, 1), Padding, channels);
        }
        catch (ArgumentException error)
        {
            throw Invalid("AkidaLayerInputMismatch", error.Message.Split(" (Parameter", 2)[0]);
        }
    }
}

using AkidaQuant.Geometry;

namespace AkidaQuant.Akida.Layers;

/// <summary>What the convolutions of Akida 1.0 share (akida-model.md 1.3).</summary>
public abstract record AkidaV1Convolution : AkidaV1Layer
{
    /// <summary>Stands for "the same as the size" in <see cref="PoolStride"/> and for "all" in <see cref="PoolSize"/>.</summary>
    public const int Default = -1;

    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <summary>Rows and columns of the kernel.</summary>
    public required (int Height, int Width) KernelSize { get; init; }

    /// <summary>Steps between outputs.</summary>
    public (int Height, int Width) KernelStride { get; init; } = (1, 1);

    /// <summary>How the border is treated, by the convolution and by the pool.</summary>
    public Padding Padding { get; init; } = Padding.Same;

    /// <summary>How the sums are pooled.</summary>
    public PoolType PoolType { get; init; }

    /// <summary>Rows and columns of the pool.</summary>
    public (int Height, int Width) PoolSize { get; init; } = (Default, Default);

    /// <summary>Steps between pools.</summary>
    public (int Height, int Width) PoolStride { get; init; } = (Default, Default);

    /// <summary>The parameters of kernels and pools.</summary>
    protected IEnumerable<KeyValuePair<string, object>> SpatialParameters =>
    [
        new("kernel_size", KernelSize),
        new("filters", Filters),
        new("kernel_stride", KernelStride),
        new("padding", Padding),
        new("pool_type", PoolType),
        new("pool_size", PoolSize),
        new("pool_stride", PoolStride),
        .. ActivationParameters,
    ];

    /// <summary>The sizes over an input.</summary>
    /// <exception cref="QuantException">The kernel does not fit into the input.</exception>
    protected ConvolutionGeometry Geometry(TensorSpec input, int channels) => Window(input.Shape, KernelSize, KernelStride, channels);

    /// <inheritdoc/>
    private protected override bool SumsPositions => PoolType == PoolType.Average;

    /// <inheritdoc/>
    private protected override ConvolutionGeometry? MaxPool(Shape sums)
    {
        if (PoolType != PoolType.Max)
        {
            return null;
        }

        return PoolSize is { Height: > 0, Width: > 0 }
            ? Window(sums, PoolSize, PoolStride.Height > 0 ? PoolStride : PoolSize, sums.Channels)
            : throw Invalid("AkidaPoolSizeMissing", "a maximum pool needs a pool_size.");
    }

    private ConvolutionGeometry Window(Shape input, (int Height, int Width) size, (int Height, int Width) stride, int channels)
    {
        if (Padding is not (Padding.Valid or Padding.Same))
        {
            throw Invalid("AkidaPaddingUnknown", $"its padding is {Padding}, and Akida 1.0 has Valid and Same.");
        }

        try
        {
            return ConvolutionGeometry.Create(input, size, stride, (1, 1), Padding, channels);
        }
        catch (ArgumentException error)
        {
            throw Invalid("AkidaLayerInputMismatch", error.Message.Split(" (Parameter", 2)[0]);
        }
    }
}

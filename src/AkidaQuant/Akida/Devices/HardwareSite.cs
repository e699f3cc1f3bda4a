using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Geometry;

namespace AkidaQuant.Akida.Devices;

/// <summary>A layer of a model as the rules of a device look at it.</summary>
internal sealed class HardwareSite(AkidaDevice device, AkidaModel model, int position, bool isWhole)
{
    /// <summary>The device.</summary>
    public AkidaDevice Device { get; } = device;

    /// <summary>The model.</summary>
    public AkidaModel Model { get; } = model;

    /// <summary>Whether the model has all its layers; else others may follow that are not known.</summary>
    public bool IsWhole { get; } = isWhole;

    /// <summary>The layer with its tensors.</summary>
    public PlanStep<AkidaLayer> Step { get; } = model.Outline.Steps[position];

    /// <summary>The layer.</summary>
    public AkidaLayer Layer { get; } = AkidaModel.Whole(model.Outline.Steps[position]);

    /// <summary>The dimensions of what goes in.</summary>
    public Shape Input => Step.Taken[0].Shape;

    /// <summary>Bits of what goes in, the sign included; null for floats.</summary>
    public int? InputBits => (Step.Taken[0] as QuantizedSpec)?.Bits;

    /// <summary>The bits of an activation; null for sums that are given as they are.</summary>
    public int? OutputBits => Layer switch
    {
        AkidaV1Layer layer => layer.Activation ? layer.ActBits : null,
        AkidaIntegerLayer layer when position == Model.PotentialStep && layer.OutputBits >= layer.BufferBits => null,
        AkidaIntegerLayer layer => layer.OutputBits,
        _ => null,
    };

    /// <summary>The layers that take what this one gives.</summary>
    public IEnumerable<AkidaLayer> Followers => Model.Layers.Where(layer => layer.Inbounds.Contains(Layer.Name));

    /// <summary>The recurrent layers of the model in their order.</summary>
    public IEnumerable<AkidaStatefulRecurrent> Recurrent => Model.Layers.OfType<AkidaStatefulRecurrent>();

    /// <summary>Kernel, strides and pool of a convolution; null for other layers.</summary>
    public HardwareWindow? Window { get; } = HardwareWindow.Of(model.Outline.Steps[position].Node);

    /// <summary>Rows and columns that a global average pool sums; null for layers without.</summary>
    public (int Height, int Width)? Pooled => Window is { Pool: PoolType.Average } window
        ? (Length(Input[0], window.Kernel.Height, window.Stride.Height, window.Padding),
            Length(Input[1], window.Kernel.Width, window.Stride.Width, window.Padding))
        : null;

    /// <summary>The number of filters; null for layers that have none.</summary>
    public int? Filters => Layer switch
    {
        AkidaV1Convolution layer => layer.Filters,
        AkidaInputConv2D layer => layer.Filters,
        AkidaBufferTempConv layer => layer.Filters,
        _ => null,
    };

    private static int Length(int input, int kernel, int stride, Padding padding) =>
        padding == Padding.Valid ? ((input - kernel) / stride) + 1 : (input + stride - 1) / stride;
}

/// <summary>Kernel, strides and pool of a convolution of either version.</summary>
/// <param name="Kernel">Rows and columns of the kernel.</param>
/// <param name="Stride">Steps between outputs.</param>
/// <param name="Padding">How the border is treated.</param>
/// <param name="Pool">How sums are pooled.</param>
/// <param name="PoolSize">Rows and columns of a maximum pool.</param>
/// <param name="PoolStride">Steps between pools.</param>
internal sealed record HardwareWindow(
    (int Height, int Width) Kernel,
    (int Height, int Width) Stride,
    Padding Padding,
    PoolType Pool,
    (int Height, int Width) PoolSize,
    (int Height, int Width) PoolStride)
{
    /// <summary>Whether there is a maximum pool.</summary>
    public bool IsMaximum => Pool == PoolType.Max;

    /// <summary>That of a layer; null for layers that are no convolutions over images.</summary>
    public static HardwareWindow? Of(AkidaLayer layer) => layer switch
    {
        AkidaV1Convolution own => new(
            own.KernelSize,
            own.KernelStride,
            own.Padding,
            own.PoolType,
            own.PoolSize,
            own.PoolStride.Height > 0 ? own.PoolStride : own.PoolSize),
        AkidaSpatialLayer own => new(
            (own.KernelSize, own.KernelSize),
            (own.KernelStride, own.KernelStride),
            own.Padding,
            own.PoolType,
            (own.PoolSize, own.PoolSize),
            own.PoolStride > 0 ? (own.PoolStride, own.PoolStride) : (own.PoolSize, own.PoolSize)),
        AkidaTransposedLayer own => new(
            (own.KernelSize, own.KernelSize),
            (AkidaTransposedLayer.Stride, AkidaTransposedLayer.Stride),
            Padding.Same,
            PoolType.NoPooling,
            default,
            default),
        _ => null,
    };
}

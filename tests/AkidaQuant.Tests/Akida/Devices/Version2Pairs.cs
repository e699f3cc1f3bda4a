using AkidaQuant.Akida.Devices;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;
using static AkidaQuant.Tests.Akida.Devices.HardwareModels;

namespace AkidaQuant.Tests.Akida.Devices;

/// <summary>Akida 2.0: a model just inside and one just outside of each rule of akida-model.md 2.3 and 2.5.</summary>
internal static class Version2Pairs
{
    public static IEnumerable<HardwarePair> All =>
    [
        new("Hw2LayerType", Chain(Data2(), Dense2), Chain(Data2(1, 8), Recurrent)),
        new("Hw2Hrc", Chain(Image2), Chain(Image2))
        {
            OutsideDevice = AkidaDevices.Create("bare", AkidaIp.V2, 2, hasHrc: false),
        },
        .. Inputs,
        .. Layers,
        .. Bits,
        .. Pools,
        .. Tables,
    ];

    private static IEnumerable<HardwarePair> Inputs =>
    [
        Image("Hw2InputRows", own => own with { InputShape = new Shape(5, 8, 3) }, own => own with { InputShape = new Shape(4, 8, 3) }),
        Image(
            "Hw2InputColumns",
            own => own with { InputShape = new Shape(8, 384, 3) },
            own => own with { InputShape = new Shape(8, 385, 3) }),
        Image("Hw2InputColumns", own => own with { InputShape = new Shape(8, 5, 3) }, own => own with { InputShape = new Shape(8, 4, 3) }),
        Image("Hw2InputChannels", own => own with { InputShape = new Shape(8, 8, 1) }, own => own with { InputShape = new Shape(8, 8, 4) }),
        Image("Hw2InputFilters", own => own with { Filters = 512 }, own => own with { Filters = 513 }),
        Image("Hw2InputKernel", own => own with { KernelSize = 4 }, own => own with { KernelSize = 6 }),
        Image("Hw2InputStride", own => own with { KernelStride = 3 }, own => own with { KernelStride = 4 }),
        Image("Hw2InputStride", own => own with { KernelSize = 4, KernelStride = 4 }, own => own with { KernelSize = 4, KernelStride = 5 }),
        Image("Hw2InputStride", own => own with { KernelSize = 5, KernelStride = 5 }, own => own with { KernelSize = 5, KernelStride = 6 }),
        Image("Hw2InputStride", own => own with { KernelSize = 7, KernelStride = 6 }, own => own with { KernelSize = 7, KernelStride = 7 }),
        new(
            "Hw2InputStrideKernel",
            Chain(Pooled(Image2 with { KernelStride = 2 }, 3), Conv2),
            Chain(Pooled(Image2 with { KernelStride = 2, KernelSize = 7 }, 3), Conv2)),
        Image("Hw2InputPadding", own => own with { Padding = Padding.Valid }, own => own with { Padding = Padding.SameUpper }),
        new("Hw2InputPoolType", Chain(Pooled(Image2, 2), Conv2), Chain(Image2 with { PoolType = PoolType.Average }, Conv2)),
        new("Hw2InputPool", Chain(Pooled(Image2, 3), Conv2), Chain(Pooled(Image2, 4), Conv2)),
        new("Hw2InputPool", Chain(Pooled(Image2, 2), Conv2), Chain(Pooled(Image2, 2) with { PoolStride = 1 }, Conv2)),
        new(
            "Hw2InputBits",
            Chain(new AkidaQuantizer { Name = "quantizer", InputShape = new Shape(8, 8, 3) }, Image2),
            Chain(new AkidaQuantizer { Name = "quantizer", InputShape = new Shape(8, 8, 3), OutputBits = 4 }, Image2)),
        Image("Hw2InputWeightBits", own => own, own => own with { WeightsBits = 4 }),
    ];

    private static IEnumerable<HardwarePair> Layers =>
    [
        new("Hw2Rows", Chain(Data2(4096, 1, 1), Conv2), Chain(Data2(4097, 1, 1), Conv2)),
        new("Hw2Columns", Chain(Data2(1, 4096, 1), Frames2), Chain(Data2(1, 4097, 1), Frames2)),
        new("Hw2Channels", Chain(Data2(2, 2, 2048), Depthwise2), Chain(Data2(2, 2, 2049), Depthwise2)),
        Conv("Hw2Kernel", own => own with { KernelSize = 7 }, own => own with { KernelSize = 9 }),
        Conv("Hw2Kernel", own => own with { KernelSize = 1 }, own => own with { KernelSize = 2 }),
        new("Hw2DepthwiseKernel", Chain(Data2(), Depthwise2), Chain(Data2(), Depthwise2 with { KernelSize = 1 })),
        new(
            "Hw2TransposedKernel",
            Chain(Data2(), Transposed2 with { KernelSize = 4 }),
            Chain(Data2(), Transposed2 with { KernelSize = 5 })),
        Conv("Hw2Stride", own => own with { KernelStride = 2 }, own => own with { KernelStride = 3 }),
        Conv("Hw2StrideKernel", own => own with { KernelStride = 2 }, own => own with { KernelStride = 2, KernelSize = 5 }),
        Conv("Hw2PointwiseStride", own => own with { KernelSize = 1 }, own => own with { KernelStride = 2, KernelSize = 1 }),
        Conv("Hw2Padding", own => own, own => own with { Padding = Padding.Valid }),
        new("Hw2DenseInputs", Chain(Data2(1, 1, 2048), Dense2), Chain(Data2(1, 1, 2049), Dense2)),
        new("Hw2Fifo", Chain(Data2(), Frames2 with { FifoSize = 10 }), Chain(Data2(), Frames2 with { FifoSize = 11 })),
        new("Hw2Fifo", Chain(Data2(), Frames2 with { FifoSize = 2 }), Chain(Data2(), Frames2 with { FifoSize = 1 })),
        new(
            "Hw2FrameFilters",
            Chain(Data2(1, 1, 1), Frames2 with { Filters = 2048 }),
            Chain(Data2(1, 1, 1), Frames2 with { Filters = 2049 })),
    ];

    private static IEnumerable<HardwarePair> Bits =>
    [
        new("Hw2LayerInputBits", Chain(Data2(bits: 4), Conv2), Chain(Data2(bits: 6), Conv2)),
        Conv("Hw2WeightBits", own => own with { WeightsBits = 4 }, own => own with { WeightsBits = 6 }),
        Conv("Hw2OutputBits", own => own with { OutputBits = 4 }, own => own with { OutputBits = 6 }),
        Image("Hw2OutputBits", own => own with { OutputBits = 4 }, own => own with { OutputBits = 2 }),
        new("Hw2OutputBits", Chain(Data2(), Dense2 with { OutputBits = 28 }), Chain(Data2(), Dense2 with { OutputBits = 16 })),
        new("Hw2EightInputBits", Chain(Data2(), Transposed2), Chain(Data2(bits: 4), Transposed2)),
        new("Hw2EightWeightBits", Chain(Data2(), Frames2), Chain(Data2(), Frames2 with { WeightsBits = 4 })),
        new("Hw2EightOutputBits", Chain(Data2(), Frames2), Chain(Data2(), Frames2 with { OutputBits = 4 })),
    ];

    private static IEnumerable<HardwarePair> Pools =>
    [
        Max("Hw2PoolSize", own => own, own => own with { PoolSize = 3, PoolStride = 2 }),
        Max("Hw2PoolStride", own => own with { PoolStride = 1 }, own => own with { PoolStride = 3 }),
        Max("Hw2PoolStrideSize", own => own with { PoolStride = 2 }, own => own with { PoolStride = 3 }),
        new("Hw2PoolFollowed", Chain(Data2(), Pooled(Conv2), Depthwise2), Chain(Data2(), Pooled(Conv2), Dense2)),
        new("Hw2PoolFollowed", Chain(Pooled(Image2, 2), Conv2), Chain(Pooled(Image2, 2))),
        Global("Hw2GlobalRows", 64, 2, 65, 2),
        Global("Hw2GlobalSize", 11, 13, 29, 5),
        Global("Hw2GlobalSizeNoted", 11, 13, 12, 12),
    ];

    private static IEnumerable<HardwarePair> Tables =>
    [
        new("Hw2TableLayer", Chain(Data2(), Dense2), Chain(Data2(), Dense2 with { Activation = ActivationType.LUT })),
        new(
            "Hw2TablePool",
            Chain(Data2(), Conv2 with { Activation = ActivationType.LUT }),
            Chain(Data2(), Pooled(Conv2) with { Activation = ActivationType.LUT }, Depthwise2)),
        new("Hw2TableAdd", Sum(ActivationType.ReLU), Sum(ActivationType.LUT)),
    ];

    private static AkidaModel Sum(ActivationType activation) =>
        Chain(
            Data2(),
            Conv2,
            Conv2 with { Name = "other" },
            new AkidaAdd { Name = "sum", Inbounds = ["other", "conv"], Activation = activation });

    private static AkidaInputConv2D Pooled(AkidaInputConv2D layer, int size) =>
        layer with { PoolType = PoolType.Max, PoolSize = size, PoolStride = 2 };

    private static AkidaConv2D Pooled(AkidaConv2D layer) => layer with { PoolType = PoolType.Max, PoolSize = 2 };

    private static HardwarePair Image(
        string rule, Func<AkidaInputConv2D, AkidaInputConv2D> inside, Func<AkidaInputConv2D, AkidaInputConv2D> outside) =>
        new(rule, Chain(inside(Image2)), Chain(outside(Image2)));

    private static HardwarePair Conv(string rule, Func<AkidaConv2D, AkidaConv2D> inside, Func<AkidaConv2D, AkidaConv2D> outside) =>
        new(rule, Chain(Data2(), inside(Conv2)), Chain(Data2(), outside(Conv2)));

    private static HardwarePair Max(string rule, Func<AkidaConv2D, AkidaConv2D> inside, Func<AkidaConv2D, AkidaConv2D> outside) =>
        new(rule, Chain(Data2(), inside(Pooled(Conv2)), Depthwise2), Chain(Data2(), outside(Pooled(Conv2)), Depthwise2));

    private static HardwarePair Global(string rule, int rows, int columns, int otherRows, int otherColumns)
    {
        AkidaConv2D average = Conv2 with { PoolType = PoolType.Average };
        return new HardwarePair(rule, Chain(Data2(rows, columns), average), Chain(Data2(otherRows, otherColumns), average));
    }
}

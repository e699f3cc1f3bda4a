using AkidaQuant.Akida.Devices;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;
using static AkidaQuant.Tests.Akida.Devices.HardwareModels;

namespace AkidaQuant.Tests.Akida.Devices;

/// <summary>Akida 1.0: a model just inside and one just outside of each rule of akida-model.md 2.2.</summary>
internal static class Version1Pairs
{
    public static IEnumerable<HardwarePair> All =>
    [
        new("Hw1LayerType", Chain(Image1), Chain(Image2)),
        new("Hw1Hrc", Chain(Image1), Chain(Image1))
        {
            OutsideDevice = AkidaDevices.Create("bare", AkidaIp.V1, 2, hasHrc: false),
        },
        .. Inputs,
        .. Layers,
        .. Bits,
        .. Pools,
    ];

    private static IEnumerable<HardwarePair> Inputs =>
    [
        Image("Hw1InputRows", own => own with { InputShape = new Shape(5, 8, 3) }, own => own with { InputShape = new Shape(4, 8, 3) }),
        Image(
            "Hw1InputColumns",
            own => own with { InputShape = new Shape(8, 256, 3) },
            own => own with { InputShape = new Shape(8, 257, 3) }),
        Image("Hw1InputColumns", own => own with { InputShape = new Shape(8, 5, 3) }, own => own with { InputShape = new Shape(8, 4, 3) }),
        Image("Hw1InputChannels", own => own with { InputShape = new Shape(8, 8, 1) }, own => own with { InputShape = new Shape(8, 8, 2) }),
        Image("Hw1InputKernel", own => own with { KernelSize = (7, 7) }, own => own with { KernelSize = (4, 4) }),
        Image("Hw1InputKernel", own => own with { KernelSize = (5, 5) }, own => own with { KernelSize = (3, 5) }),
        Image("Hw1InputStride", own => own with { KernelStride = (3, 3) }, own => own with { KernelStride = (4, 4) }),
        .. Filters(1, 3, 512),
        .. Filters(1, 5, 192),
        .. Filters(1, 7, 96),
        .. Filters(3, 3, 192),
        .. Filters(3, 5, 64),
        .. Filters(3, 7, 32),
        Image(
            "Hw1InputPoolType",
            own => own with { PoolType = PoolType.Max, PoolSize = (2, 2) },
            own => own with { PoolType = PoolType.Average }),
        Image(
            "Hw1InputPoolSize",
            own => own with { PoolType = PoolType.Max, PoolSize = (1, 2) },
            own => own with { PoolType = PoolType.Max, PoolSize = (3, 3) }),
        Image(
            "Hw1InputPoolStride",
            own => own with { PoolType = PoolType.Max, PoolSize = (2, 1), PoolStride = (2, 1) },
            own => own with { PoolType = PoolType.Max, PoolSize = (2, 2), PoolStride = (1, 1) }),
        new(
            "Hw1InputBits",
            Chain(new AkidaQuantizer { Name = "quantizer", InputShape = new Shape(8, 8, 3) }, Image1),
            Chain(new AkidaQuantizer { Name = "quantizer", InputShape = new Shape(8, 8, 3), OutputBits = 7 }, Image1)),
        Image("Hw1InputWeightBits", own => own, own => own with { WeightsBits = 4 }),
        Image("Hw1InputActivationBits", own => own with { ActBits = 1 }, own => own with { ActBits = 3 }),
    ];

    private static IEnumerable<HardwarePair> Layers =>
    [
        new("Hw1Rows", Chain(Data1(4096, 1, 1), Conv1), Chain(Data1(4097, 1, 1), Conv1)),
        new("Hw1Columns", Chain(Data1(2, 4096, 1), Separable1), Chain(Data1(2, 4097, 1), Separable1)),
        new("Hw1Channels", Chain(Data1(2, 2, 2048), Conv1), Chain(Data1(2, 2, 2049), Conv1)),
        Conv("Hw1Kernel", own => own with { KernelSize = (7, 7) }, own => own with { KernelSize = (9, 9) }),
        Conv("Hw1Kernel", own => own with { KernelSize = (1, 1) }, own => own with { KernelSize = (2, 2) }),
        new("Hw1SeparableKernel", Chain(Data1(), Separable1), Chain(Data1(), Separable1 with { KernelSize = (1, 1) })),
        new("Hw1SeparableInput", Chain(Data1(1, 2), Separable1), Chain(Data1(1, 1), Separable1)),
        Conv("Hw1Stride", own => own with { KernelStride = (2, 2) }, own => own with { KernelStride = (3, 3) }),
        Conv("Hw1Stride", own => own with { KernelStride = (1, 1) }, own => own with { KernelStride = (1, 2) }),
        Conv("Hw1StrideKernel", own => own with { KernelStride = (2, 2) }, own => own with { KernelStride = (2, 2), KernelSize = (5, 5) }),
        Conv("Hw1StrideKernel", own => own with { KernelSize = (5, 5) }, own => own with { KernelStride = (2, 2), KernelSize = (1, 1) }),
        Conv("Hw1Padding", own => own, own => own with { Padding = Padding.Valid }),
        new("Hw1DenseInputs", Chain(Data1(1, 1, 57334), Full1), Chain(Data1(1, 1, 57335), Full1)),
    ];

    private static IEnumerable<HardwarePair> Bits =>
    [
        new("Hw1LayerInputBits", Chain(Data1(bits: 1), Conv1), Chain(Data1(bits: 3), Conv1)),
        new("Hw1LayerInputBits", Chain(Data1(bits: 4), Full1), Chain(Data1(bits: 8), Full1)),
        Conv("Hw1WeightBits", own => own with { WeightsBits = 2 }, own => own with { WeightsBits = 3 }),
        new(
            "Hw1SeparableWeightBits",
            Chain(Data1(), Separable1 with { WeightsBits = 2 }),
            Chain(Data1(), Separable1 with { WeightsBits = 1 })),
        Conv("Hw1ActivationBits", own => own with { ActBits = 2 }, own => own with { ActBits = 3 }),
        new(
            "Hw1LearningWeightBits",
            Chain(Data1(bits: 1), Full1 with { WeightsBits = 1, Learning = new AkidaLearning { NumWeights = 5 } }),
            Chain(Data1(bits: 1), Full1 with { WeightsBits = 1 })),
    ];

    private static IEnumerable<HardwarePair> Pools =>
    [
        Pooled("Hw1PoolSize", own => own with { PoolSize = (2, 2) }, own => own with { PoolSize = (3, 3), PoolStride = (2, 2) }),
        Pooled("Hw1PoolStride", own => own with { PoolStride = (1, 1) }, own => own with { PoolStride = (1, 2) }),
        Pooled("Hw1PoolStrideSize", own => own with { PoolStride = (2, 2) }, own => own with { PoolStride = (3, 3) }),
        new(
            "Hw1PoolFollowed",
            Chain(Data1(), Conv1 with { PoolType = PoolType.Max, PoolSize = (2, 2) }, Separable1),
            Chain(Data1(), Conv1 with { PoolType = PoolType.Max, PoolSize = (2, 2) }, Full1)),
        Global(32, 32, 33, 32),
        Global(3, 3, 2, 3),
        Global(32, 3, 32, 33),
    ];

    private static IEnumerable<HardwarePair> Filters(int channels, int kernel, int most)
    {
        AkidaInputConvolutional input = Image1 with { InputShape = new Shape(8, 8, channels), KernelSize = (kernel, kernel) };
        yield return new HardwarePair(
            "Hw1InputFilters", Chain(input with { Filters = most }), Chain(input with { Filters = most + 1 }));
    }

    private static HardwarePair Image(
        string rule,
        Func<AkidaInputConvolutional, AkidaInputConvolutional> inside,
        Func<AkidaInputConvolutional, AkidaInputConvolutional> outside) =>
        new(rule, Chain(inside(Image1)), Chain(outside(Image1)));

    private static HardwarePair Conv(
        string rule, Func<AkidaConvolutional, AkidaConvolutional> inside, Func<AkidaConvolutional, AkidaConvolutional> outside) =>
        new(rule, Chain(Data1(), inside(Conv1)), Chain(Data1(), outside(Conv1)));

    private static HardwarePair Pooled(
        string rule, Func<AkidaConvolutional, AkidaConvolutional> inside, Func<AkidaConvolutional, AkidaConvolutional> outside)
    {
        AkidaConvolutional pooled = Conv1 with { PoolType = PoolType.Max, PoolSize = (2, 2) };
        AkidaConvolutional behind = Conv1 with { Name = "behind" };
        return new HardwarePair(rule, Chain(Data1(), inside(pooled), behind), Chain(Data1(), outside(pooled), behind));
    }

    private static HardwarePair Global(int rows, int columns, int otherRows, int otherColumns)
    {
        AkidaConvolutional average = Conv1 with { PoolType = PoolType.Average };
        return new HardwarePair(
            "Hw1GlobalPool", Chain(Data1(rows, columns), average), Chain(Data1(otherRows, otherColumns), average));
    }
}

using AkidaQuant.Akida.Devices;
using AkidaQuant.Akida.Layers;
using static AkidaQuant.Tests.Akida.Devices.HardwareModels;

namespace AkidaQuant.Tests.Akida.Devices;

/// <summary>What a model breaks on a device, row by row (akida-model.md 2).</summary>
public sealed class HardwareCheckTests
{
    [Fact]
    public void All_incompatibilities_of_a_layer_are_listed()
    {
        AkidaModel model = Chain(
            Data2(bits: 6),
            Conv2 with { KernelSize = 9, KernelStride = 3, WeightsBits = 5, PoolType = PoolType.Max, PoolSize = 3 },
            Dense2);
        IReadOnlyList<HardwareRow> rows = HardwareCheck.Run(model, Device(AkidaIp.V2));
        Assert.Equal(
            ["Hw2Kernel", "Hw2Stride", "Hw2LayerInputBits", "Hw2WeightBits", "Hw2PoolSize", "Hw2PoolStride", "Hw2PoolFollowed"],
            rows.Where(row => row.Layer == "conv").Select(row => row.Rule));
        Assert.Equal(["", ""], rows.Where(row => row.Layer is "data" or "dense").Select(row => row.Problem));
        Assert.Equal("model on test: 7 problems", rows[0].Summary);
        Assert.Equal(
            "Layer 'conv' (Conv2D): kernel: 9x9; Akida 2.0 takes: 1x1, 3x3, 5x5, 7x7. Use one of these kernels, or put the weights among the zeros of the next larger one.",
            rows[1].Problem);
    }

    [Fact]
    public void A_model_of_another_version_is_refused_layer_by_layer()
    {
        IReadOnlyList<HardwareRow> rows = HardwareCheck.Run(Chain(Image2, Dense2), AkidaDevices.Named("AKD1000"));
        Assert.Equal(["Hw1LayerType", "Hw1LayerType"], rows.Select(row => row.Rule));
    }

    [Fact]
    public void Too_few_processors_are_a_row_of_the_model()
    {
        HardwareRow row = HardwareCheck.Run(Chain(Data2(224, 224, 8), Conv2), AkidaDevices.Create("tiny", AkidaIp.V2, 1))[^1];
        Assert.Equal((string.Empty, HardwareCheck.Processors, HardwareVerdict.Refused), (row.Layer, row.Rule, row.Verdict));
        Assert.Equal(("7", "4"), (row.Found, row.Limit));
        Assert.StartsWith("estimate", row.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_are_no_problems()
    {
        HardwareRow row = HardwareCheck.Run(Chain(Data2(), Conv2 with { KernelSize = 1, KernelStride = 2 }), Device(AkidaIp.V2))[^1];
        Assert.Equal((HardwareVerdict.Noted, "akida-model.md 2.5"), (row.Verdict, row.Source));
        Assert.Equal("model on test: no problem, 1 note", row.Summary);
    }
}

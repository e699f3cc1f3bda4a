using AkidaQuant.Akida;
using AkidaQuant.Akida.Devices;
using AkidaQuant.Akida.Layers;
using CsCheck;
using static AkidaQuant.Tests.Akida.Devices.HardwareModels;

namespace AkidaQuant.Tests.Akida.Devices;

/// <summary>Sequences, processors and bytes (akida-model.md 3.8), held against the public figures where there are some.</summary>
public sealed class AkidaMapperTests
{
    private static readonly Lazy<AkidaModel> AkidaNet = new(MakeAkidaNet);

    /// <summary>The counts of an older release (akida-model.md 3.8), which the memory of 1.0 is estimated from.</summary>
    [Fact]
    public void The_estimate_gives_the_ten_counts_of_an_older_release()
    {
        AkidaMapping mapping = AkidaMapper.Map(
            Chain([.. AkidaNetHalf(isPooled: true), Full1 with { Name = "classifier", Units = 1000 }]),
            AkidaDevices.Named("akd1000"),
            AkidaMapMode.Minimal);
        Assert.Equal(
            [3, 2, 2, 1, 1, 1, 1, 1, 2, 4],
            mapping.Layers.Where(layer => layer.Type == "SeparableConvolutional").Select(layer => layer.Processors));
        MappedLayer classifier = mapping.Layers[^1];
        Assert.Equal(("FNP2", 1, 512L * 1000 / 2), (classifier.Component, classifier.Processors, classifier.ExternalMemory));
        Assert.Equal(("HRC", 1, false), (mapping.Layers[0].Component, mapping.Layers[0].Processors, mapping.Layers[0].IsEstimate));
        Assert.Equal((true, 30), (mapping.Fits, mapping.Needed));
    }

    [Fact]
    public void A_small_dense_layer_keeps_its_weights_inside()
    {
        AkidaMapping mapping = AkidaMapper.Map(Chain(Data1(1, 1, 64), Full1 with { Units = 33 }), AkidaDevices.Named("AKD1000"));
        Assert.Equal("full: 1 FNP3", mapping.Layers[^1].ToString());
        Assert.Equal((0L, 64L * 33 / 2), (mapping.ExternalMemory, mapping.WeightBytes));
    }

    /// <summary>208 are needed for AkidaNet 1.0 at 224x224 in one pass (akida-model.md 2.5); the estimate is a tenth below.</summary>
    [Fact]
    public void The_estimate_for_AkidaNet_comes_near_to_the_public_number()
    {
        AkidaMapping mapping = AkidaMapper.Map(AkidaNet.Value, AkidaDevices.Named("SixNodesIPv2"), AkidaMapMode.Minimal);
        Assert.Equal(188, mapping.Needed);
        Assert.InRange(mapping.Needed, 208 * 0.85, 208 * 1.15);
        Assert.Equal("188 neural processors are needed but 24 are available (estimate)", mapping.Shortage!.ToString());
        Assert.Equal(false, mapping.Fits);
        Assert.Equal(
            ["conv_2: 26 neural processors are needed but 24 are available (estimate)"],
            mapping.Layers.Where(layer => layer.Reason.Length > 0).Select(layer => $"{layer.Layer}: {layer.Reason}"));
        Assert.Equal(true, AkidaMapper.Map(AkidaNet.Value, AkidaDevices.Create("large", AkidaIp.V2, 47)).Fits);
        Assert.Equal(false, AkidaMapper.Map(AkidaNet.Value, AkidaDevices.Create("less", AkidaIp.V2, 46)).Fits);
        AkidaMapping passes = AkidaMapper.Map(AkidaNet.Value, AkidaDevices.Create("passes", AkidaIp.V2, 7), AkidaMapMode.HwPr);
        Assert.Equal((true, 28), (passes.Fits, passes.Available));
        Assert.InRange(passes.Sequences[0].PassCount, 7, 12);
    }

    [Fact]
    public void A_refused_layer_runs_in_software_between_two_sequences_on_the_device()
    {
        AkidaModel model = Chain(
            Data2(),
            Conv2,
            Conv2 with { Name = "wide", KernelSize = 9 },
            Conv2 with { Name = "behind" },
            Dense2,
            new AkidaDequantizer { Name = "floats" });
        AkidaMapping mapping = AkidaMapper.Map(model, AkidaDevices.Named("TwoNodesIPv2"));
        Assert.Equal(
            ["HW/conv (Hardware)", "SW/wide (Software)", "HW/behind-floats (Hardware)"],
            mapping.Sequences.Select(sequence => sequence.Label));
        Assert.Equal([0, 1, 2, 3, 3, 3], mapping.Layers.Select(layer => layer.Sequence));
        Assert.Equal("Hw2Kernel", mapping.Layers[2].Reason);
        Assert.Equal((string.Empty, 0), (mapping.Layers[^1].Component, mapping.Layers[^1].Processors));
        Assert.Equal(false, mapping.Fits);
    }

    [Fact]
    public void Only_hardware_names_all_that_is_wrong()
    {
        AkidaModel model = Chain(Data2(), Conv2 with { KernelSize = 9, KernelStride = 3 }, Dense2 with { Activation = ActivationType.LUT });
        QuantException error = Assert.Throws<QuantException>(AkidaMapper.Map(model, AkidaDevices.Named("SixNodesIPv2")).RequireHardware);
        Assert.Equal("AkidaMappingFailed", error.Id);
        Assert.All(
            ["(Conv2D): kernel: 9x9; Akida 2.0 takes: 1x1, 3x3, 5x5, 7x7.", "(Conv2D): stride: 3x3;", "(Dense1D): activation: LUT;"],
            text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
        error = Assert.Throws<QuantException>(AkidaMapper.Map(AkidaNet.Value, AkidaDevices.Named("SixNodesIPv2")).RequireHardware);
        Assert.Contains("188 neural processors are needed but 24 are available", error.Message, StringComparison.Ordinal);
        AkidaMapper.Map(Chain(Data2(), Conv2), AkidaDevices.Named("TwoNodesIPv2")).RequireHardware();
    }

    [Fact]
    public void Notes_leave_a_layer_on_the_device()
    {
        AkidaMapping mapping = AkidaMapper.Map(
            Chain(Data2(), Conv2 with { KernelSize = 1, KernelStride = 2 }), AkidaDevices.Named("TwoNodesIPv2"));
        Assert.Equal(HardwareVerdict.Noted, Assert.Single(mapping.Problems).Verdict);
        Assert.Equal(true, mapping.Fits);
        mapping.RequireHardware();
    }

    [Fact]
    public void What_skips_layers_takes_channels()
    {
        AkidaModel model = Chain(
            Data2(), Conv2, Conv2 with { Name = "other" }, new AkidaAdd { Name = "sum", Inbounds = ["other", "conv"] });
        Assert.Equal(1, AkidaMapper.Map(model, AkidaDevices.Named("TwoNodesIPv2")).SkipDmas);
        Assert.Equal(true, AkidaMapper.Map(model, AkidaDevices.Create("one", AkidaIp.V2, 2, skipDma: 1)).Fits);
        AkidaMapping none = AkidaMapper.Map(model, AkidaDevices.Create("none", AkidaIp.V2, 2, skipDma: 0));
        Assert.Equal("1 skip DMA channels are needed but 0 are available (estimate)", none.Layers[^1].Reason);
    }

    [Fact]
    public void Only_the_largest_dense_layer_lies_in_external_memory()
    {
        AkidaMapping mapping = AkidaMapper.Map(
            Chain(
                Data2(1, 1, 2000),
                Dense2 with { Units = 64 },
                Dense2 with { Name = "large", Units = 1000 },
                Dense2 with { Name = "last", Units = 200 }),
            AkidaDevices.Named("SixNodesIPv2"));
        Assert.Equal(["dense: 3 FNP3", "large: 2 FNP3", "last: 1 FNP2"], mapping.Layers.Skip(1).Select(layer => layer.ToString()));
        Assert.Equal(200_000, mapping.ExternalMemory);
    }

    [Fact]
    public void The_smallest_device_holds_the_model()
    {
        Assert.Equal("TwoNodesIPv2", AkidaMapper.MapSmallest(Chain(Data2(), Conv2)).Device.Name);
        Assert.Equal("SixNodesIPv2", AkidaMapper.MapSmallest(Chain(Data2(224, 224, 16), Conv2)).Device.Name);
        Assert.Equal("Pico", AkidaMapper.MapSmallest(Chain(Data2(1, 8), Recurrent)).Device.Name);
        Assert.Equal("TwoNodesIPv1", AkidaMapper.MapSmallest(Chain(Data1(), Conv1)).Device.Name);
        Assert.Equal("AKD1000", AkidaMapper.MapSmallest(Chain(AkidaNetHalf(isPooled: true))).Device.Name);
        QuantException error = Assert.Throws<QuantException>(() => AkidaMapper.MapSmallest(AkidaNet.Value));
        Assert.Equal("AkidaNoDevice", error.Id);
        Assert.Contains("On SixNodesIPv2, the largest, 188 neural processors are needed but 24", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<QuantException>(() => AkidaMapper.MapSmallest(Chain(Data2(), Conv2 with { KernelSize = 9 })));
        Assert.Contains("rules refuse 1 layer: Test-AkidaModel -Device SixNodesIPv2 says", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_a_figure_is_not_known_nothing_is_said()
    {
        AkidaMapping mapping = AkidaMapper.Map(Chain(Data1(), Conv1), AkidaDevices.Named("AKD1500"));
        Assert.Null(mapping.Fits);
        Assert.Null(mapping.Available);
        Assert.Equal("model on AKD1500: 1 neural processors (estimate), 1 sequence", mapping.ToString());
        Assert.Null(AkidaMapper.Map(Chain(Data2(1, 8), Recurrent), AkidaDevices.Named("Pico")).Fits);
    }

    /// <summary>Whatever the sizes: each layer is in one sequence, in order, and no pass takes more than there is.</summary>
    [Fact]
    public void Layers_are_shared_out_once_and_no_pass_takes_more_than_there_is() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[1, 64], Gen.Enum<AkidaMapMode>(), Gen.Int[1, 40].Array[1, 6], Gen.Bool).Sample(
            (nodes, size, mode, filters, isRefused) =>
            {
                AkidaModel model = Chain(
                    [
                        Data2(size, size, 16),
                        .. filters.Select((count, index) => Conv2 with
                        {
                            Name = $"conv{index}", Filters = count * 8, KernelSize = isRefused && index == 1 ? 9 : 3,
                        }),
                        Dense2 with { Units = 40 },
                    ]);
                AkidaDevice device = AkidaDevices.Create("random", AkidaIp.V2, nodes);
                AkidaMapping mapping = AkidaMapper.Map(model, device, mode);
                Assert.Equal(model.Layers.Skip(1).Select(layer => layer.Name), mapping.Sequences.SelectMany(sequence => sequence.Layers));
                Assert.All(
                    mapping.Layers.Where(layer => layer.Pass > 0).GroupBy(layer => (layer.Sequence, layer.Pass)),
                    pass => Assert.InRange(pass.Sum(layer => layer.Processors), 1, device.Processors!.Value));
                Assert.Equal(
                    mapping.Fits == false, Record.Exception(mapping.RequireHardware) is QuantException { Id: "AkidaMappingFailed" });
                Assert.All(
                    mapping.Layers,
                    layer => Assert.Equal(layer.Reason.Length > 0, layer is { Backend: AkidaBackend.Software, Sequence: > 0 }));
            },
            iter: 60);

    /// <summary>AkidaNet 1.0 for Akida 2.0 with 8 bits at 224x224, whose separable convolutions are two layers each.</summary>
    private static AkidaModel MakeAkidaNet()
    {
        int[] filters = [256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
        return Chain(
        [
            Image2 with { Name = "conv_0", InputShape = new Shape(224, 224, 3), Filters = 32, KernelStride = 2 },
            Conv2 with { Name = "conv_1", Filters = 64 },
            Conv2 with { Name = "conv_2", Filters = 128, KernelStride = 2 },
            Conv2 with { Name = "conv_3", Filters = 128 },
            .. filters.SelectMany((count, index) => (AkidaLayer[])
            [
                Depthwise2 with { Name = $"dw_{index + 4}", KernelStride = index is 0 or 2 or 8 ? 2 : 1 },
                Conv2 with
                {
                    Name = $"pw_{index + 4}",
                    Filters = count,
                    KernelSize = 1,
                    PoolType = index == 9 ? PoolType.Average : PoolType.NoPooling,
                },
            ]),
            Dense2 with { Name = "classifier", Units = 1000 },
        ]);
    }
}

using AkidaQuant.Akida.Devices;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>Float and quantized networks on a device, judged as they would be converted.</summary>
public sealed class DeviceTestTests
{
    private static readonly AkidaDevice Device = AkidaDevices.Named("SixNodesIPv2");

    [Fact]
    public void A_network_that_converts_has_the_rows_of_its_Akida_model()
    {
        IReadOnlyList<HardwareRow> rows = DeviceTest.Run(Network(9), new RepairOptions(), Device);
        HardwareRow kernel = Assert.Single(rows, row => row.Verdict == HardwareVerdict.Refused);
        Assert.Equal(("wide", "Conv2D", "Hw2Kernel", "9x9"), (kernel.Layer, kernel.Type, kernel.Rule, kernel.Found));
        Model quantized = Quantizer.Quantize(
            Network(9), new QuantizeOptions { Samples = RandomSamples.CreateFloats(new Shape(8, 8, 3), 4, 1, -1, 1) });
        Assert.Equal(
            rows.Select(row => (row.Layer, row.Rule)),
            DeviceTest.Run(quantized, new RepairOptions(), Device).Select(row => (row.Layer, row.Rule)));
        Assert.All(DeviceTest.Run(Network(3), new RepairOptions(), Device), row => Assert.Equal(HardwareVerdict.Fits, row.Verdict));
    }

    [Fact]
    public void A_network_that_does_not_convert_has_both_kinds_of_problems()
    {
        Model model = new Graph(8, 8, 3).Conv("wide", 9, 3, 4, with: Same).ReLU("relu")
            .Conv("oblong", 3, 4, 4, with: Oblong).Build();
        IReadOnlyList<HardwareRow> rows = DeviceTest.Run(model, new RepairOptions(), Device);
        Assert.Equal(
            [("oblong", "AkidaKernelNotSquare"), ("wide", "Hw2InputKernel")],
            rows.Where(row => row.Verdict == HardwareVerdict.Refused).Select(row => (row.Layer, row.Rule)));
        Assert.All(rows.Where(row => row.Rule.Length > 0), row => Assert.NotEmpty(row.Remedy));
        Assert.Equal("2 problems", rows[0].Summary.Split(": ")[^1]);
    }

    private static Model Network(int kernel) => new Graph(8, 8, 3).Conv("first", 3, 3, 4, with: Same).ReLU("relu")
        .Conv("wide", kernel, 4, 4, with: Same).ReLU("relu2").Build();

    private static Conv2D Oblong(Conv2D layer) => Same(layer) with
    {
        Window = Same(layer).Window with { KernelSize = (1, 3) },
        Kernel = NdArray<float>.Filled(new Shape(1, 3, 4, 4), 1),
    };

    private static Conv2D Same(Conv2D layer) => layer with { Window = layer.Window with { Padding = AkidaQuant.Geometry.Padding.Same } };
}

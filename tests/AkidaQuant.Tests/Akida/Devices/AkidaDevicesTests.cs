using AkidaQuant.Akida.Devices;

namespace AkidaQuant.Tests.Akida.Devices;

/// <summary>Devices: what is public of them, what is an estimate, and what is not known.</summary>
public sealed class AkidaDevicesTests
{
    [Theory]
    [InlineData("TwoNodesIPv1", AkidaIp.V1, 2, 8)]
    [InlineData("AKD1000", AkidaIp.V1, 17, 68)]
    [InlineData("AKD1500", AkidaIp.V1, null, null)]
    [InlineData("TwoNodesIPv2", AkidaIp.V2, 2, 8)]
    [InlineData("SixNodesIPv2", AkidaIp.V2, 6, 24)]
    [InlineData("Pico", AkidaIp.Pico, null, 8)]
    public void Named_devices(string name, AkidaIp ip, int? nodes, int? processors)
    {
        AkidaDevice device = AkidaDevices.Named(name.ToUpperInvariant());
        Assert.Equal((name, ip, nodes, processors), (device.Name, device.Ip, device.NodeCount, device.Processors));
        Assert.NotEmpty(device.Source);
        Assert.Equal(device.Ip == AkidaIp.Pico ? 0 : 1, device.Hrc);
        Assert.Equal(ip == AkidaIp.V1, device.Estimates.Any(estimate => estimate.StartsWith("InputMemory:", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_memory_of_a_processor_of_Akida_2_is_public()
    {
        AkidaDevice device = AkidaDevices.Named("SixNodesIPv2");
        Assert.Equal((64 * 1024, 50 * 1024), (device.InputMemory, device.WeightMemory));
        Assert.DoesNotContain(device.Estimates, estimate => estimate.Contains("Memory", StringComparison.Ordinal));
        Assert.Null(AkidaDevices.Named("Pico").WeightMemory);
    }

    [Fact]
    public void A_device_of_ones_own()
    {
        AkidaDevice device = AkidaDevices.Create("mine", AkidaIp.V1, 20, 32 << 10, null, null, hasHrc: false);
        Assert.Equal((80, 0, 0), (device.Processors, device.Hrc, device.SkipDma));
        Assert.Equal((32 << 10, AkidaDevices.Version1Memory), (device.InputMemory, device.WeightMemory));
        Assert.Equal(["WeightMemory", "Kinds"], device.Estimates.Select(estimate => estimate.Split(':')[0]));
        Assert.Equal("mine (Akida 1.0, 80 neural processors)", device.ToString());
        Assert.Equal(4, AkidaDevices.Create("pico", AkidaIp.Pico, 1).TnpR);
        Assert.Null(AkidaDevices.Create("two", AkidaIp.V2, 3).SkipDma);
    }

    [Fact]
    public void What_no_device_can_have_is_refused()
    {
        Assert.All(
            (Func<AkidaDevice>[])
            [
                () => AkidaDevices.Create(string.Empty, AkidaIp.V2, 1),
                () => AkidaDevices.Create("a", AkidaIp.V2, null),
                () => AkidaDevices.Create("a", AkidaIp.V2, 0),
                () => AkidaDevices.Create("a", AkidaIp.V2, 1025),
                () => AkidaDevices.Create("a", AkidaIp.V2, 1, 0),
                () => AkidaDevices.Create("a", AkidaIp.V2, 1, null, -1),
                () => AkidaDevices.Create("a", AkidaIp.V2, 1, skipDma: -1),
                () => AkidaDevices.Create("a", AkidaIp.V1, 1, skipDma: 2),
            ],
            make => Assert.Equal("DeviceInvalid", Assert.Throws<QuantException>(make).Id));
        QuantException unknown = Assert.Throws<QuantException>(() => AkidaDevices.Named("AKD100"));
        Assert.Equal("DeviceUnknown", unknown.Id);
        Assert.Contains("Did you mean 'AKD1000'?", unknown.Message, StringComparison.Ordinal);
    }
}

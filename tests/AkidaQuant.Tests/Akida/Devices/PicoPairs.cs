using AkidaQuant.Akida.Devices;
using AkidaQuant.Akida.Layers;
using static AkidaQuant.Tests.Akida.Devices.HardwareModels;

namespace AkidaQuant.Tests.Akida.Devices;

/// <summary>Akida Pico: a model just inside and one just outside of each rule of akida-model.md 2.4.</summary>
internal static class PicoPairs
{
    private static AkidaDevice Small => AkidaDevices.Create("small", AkidaIp.Pico, null, 1024, 96);

    public static IEnumerable<HardwarePair> All =>
    [
        new("PicoLayerType", Chain(Steps(), Recurrent), Chain(Data2(1, 8), Conv2)),
        new("PicoLayerCount", Layers(8), Layers(9)),
        new(
            "PicoEnd",
            Chain(Steps(), Recurrent, new AkidaDequantizer { Name = "floats" }),
            Chain(
                Steps(),
                Recurrent with { OutputChannels = 1 },
                Recurrent with { Name = "last", OutputChannels = 1 },
                new AkidaPicoPostProcessing { Name = "post", Inbounds = ["last", "recurrent"] },
                new AkidaDequantizer { Name = "floats" })),
        new("PicoFirstInput", Chain(Steps(channels: 256), Recurrent), Chain(Steps(channels: 512), Recurrent)),
        new("PicoFirstInput", Chain(Steps(channels: 128, bits: 16), Recurrent), Chain(Steps(channels: 256, bits: 16), Recurrent)),
        new("PicoFirstWords", Chain(Steps(channels: 8), Recurrent), Chain(Steps(channels: 12), Recurrent)),
        new("PicoFirstWords", Chain(Steps(channels: 4), Recurrent), Chain(Steps(channels: 3), Recurrent)),
        new("PicoInput", Two(own => own), Two(own => own with { OutputBits = 16 })),
        new("PicoInput", Two(own => own with { OutputChannels = 256 }), Two(own => own with { OutputChannels = 257 })),
        new("PicoMemory", Chain(Steps(), Recurrent), Chain(Steps(), Recurrent with { OutputChannels = 5 }))
        {
            InsideDevice = Small,
            OutsideDevice = Small,
        },
        new("PicoRectifier", Rectified(null), Rectified([7])),
        One("PicoStates", own => own with { StatefulChannels = 256 }, own => own with { StatefulChannels = 512 }),
        One("PicoStatesPower", own => own with { StatefulChannels = 16 }, own => own with { StatefulChannels = 12 }),
        new("PicoStatesEqual", Two(own => own), Two(own => own with { StatefulChannels = 16 })),
        One("PicoOutputs", own => own with { OutputChannels = 256 }, own => own with { OutputChannels = 257 }),
        One("PicoSubsample", own => own with { Subsample = 4 }, own => own with { Subsample = 8 }),
        One("PicoLastBits", own => own with { OutputBits = 28 }, own => own with { OutputBits = 16 }),
        new("PicoPostChannels", Post(8, 1), Post(8, 2)),
        new("PicoPostSteps", Post(3, 1), Post(2, 1)),
        new("PicoPostSteps", Post(128, 1), Post(129, 1)),
    ];

    private static AkidaInputData Steps(int steps = 8, int channels = 4, int bits = 8) => Data2(1, steps, channels, bits);

    private static AkidaModel Layers(int count) =>
        Chain([Steps(), .. Enumerable.Range(1, count).Select(index => Recurrent with { Name = $"recurrent{index}" })]);

    private static AkidaModel Two(Func<AkidaStatefulRecurrent, AkidaStatefulRecurrent> first) =>
        Chain(Steps(), first(Recurrent), Recurrent with { Name = "last" });

    private static AkidaModel Rectified(byte[]? maximum)
    {
        AkidaVariables variables = maximum is null ? [] : new() { { "max_value", NdArray<byte>.Vector(maximum) } };
        return Chain(Steps(), Recurrent with { Activation = ActivationType.ReLU, Variables = variables });
    }

    private static AkidaModel Post(int steps, int channels) => Chain(
        Steps(steps),
        Recurrent with { OutputChannels = channels },
        Recurrent with { Name = "last", OutputChannels = channels },
        new AkidaPicoPostProcessing { Name = "post", Inbounds = ["last", "recurrent"] });

    private static HardwarePair One(
        string rule,
        Func<AkidaStatefulRecurrent, AkidaStatefulRecurrent> inside,
        Func<AkidaStatefulRecurrent, AkidaStatefulRecurrent> outside) =>
        new(rule, Chain(Steps(), inside(Recurrent)), Chain(Steps(), outside(Recurrent)));
}

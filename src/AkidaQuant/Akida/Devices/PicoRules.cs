using System.Numerics;
using AkidaQuant.Akida.Layers;
using static AkidaQuant.Akida.Devices.HardwareRuleList;

namespace AkidaQuant.Akida.Devices;

/// <summary>The limits of Akida Pico (akida-model.md 2.4).</summary>
internal static class PicoRules
{
    private const int MostLayers = 8;
    private const int WordBytes = 4;
    private const int MostFirstBytes = 512;
    private const int MostWideChannels = 128;
    private const int MostChannels = 256;
    private const string States = "Use 1, 2, 4, ... or 256 states, the same number in all recurrent layers.";

    private static readonly string[] Recurrent = ["StatefulRecurrent"];
    private static readonly string[] Post = ["PicoPostProcessing"];
    private static readonly string[] Behind = ["Dequantizer", "PicoPostProcessing"];

    /// <summary>The rules.</summary>
    public static ValueList<HardwareRule> All { get; } = Make();

    private static ValueList<HardwareRule> Make()
    {
        HardwareRuleList rules = new(AkidaIp.Pico, "Pico", "akida-model.md 2.4");
        rules.Types(["InputData", "Quantizer", .. Recurrent, .. Behind], "Take a device of Akida 2.0.");
        AddNetwork(rules);
        AddRecurrent(rules);
        rules.OneOf("PostChannels", Post, "channels", site => site.Input[2], [1], "Give one channel.");
        rules.Range(
            "PostSteps",
            Post,
            "time steps",
            site => site.Input[0] * site.Input[1],
            3,
            128,
            "Use 3 to 128 time steps behind all subsampling.");
        return rules.Rules;
    }

    private static void AddNetwork(HardwareRuleList rules)
    {
        rules.Add(
            "LayerCount",
            Recurrent,
            "recurrent layers",
            $"at most {Figure(MostLayers)}",
            site => Index(site) >= MostLayers
                ? new HardwareBreach(Figure(site.Recurrent.Count()), "Use at most 8 recurrent layers.")
                : null);
        rules.Add(
            "End",
            Behind,
            "place",
            "one Dequantizer or PicoPostProcessing, the last layer",
            site => site.Layer == site.Model.Layers[^1] && site.Model.Layers.Count(layer => Behind.Contains(layer.TypeName)) == 1
                ? null
                : new HardwareBreach(
                    site.Layer == site.Model.Layers[^1] ? "not the only one" : "before the last layer", "Leave one of them, at the end."));
        rules.Add(
            "FirstInput",
            Recurrent,
            "bits and channels of the first input",
            "8 bits and 256 channels, or 16 bits and 128 channels",
            site => IsFirst(site)
                && site is not ({ InputBits: 8, Input: [_, _, <= MostChannels] } or { InputBits: 16, Input: [_, _, <= MostWideChannels] })
                ? new HardwareBreach($"{site.InputBits} bits and {Figure(site.Input[2])} channels", "Use fewer channels or 8 bits.")
                : null);
        rules.Add(
            "FirstWords",
            Recurrent,
            "bytes of the first input at a time step",
            $"a power of two, {WordBytes} to {MostFirstBytes}",
            site => IsFirst(site) && !IsWords(site.Input[2] * site.InputBits.GetValueOrDefault())
                ? new HardwareBreach(
                    Figure((site.Input[2] * site.InputBits.GetValueOrDefault()) / 8), "Add channels of zeros up to the next power of two.")
                : null);
        rules.Add(
            "Input",
            Recurrent,
            "bits and channels of the input",
            "8 bits and 256 channels",
            site => !IsFirst(site) && site is not { InputBits: 8, Input: [_, _, <= MostChannels] }
                ? new HardwareBreach(
                    $"{site.InputBits} bits and {Figure(site.Input[2])} channels", "Give the layer before it 8 bits and fewer channels.")
                : null);
        rules.Add(
            "Memory",
            Recurrent,
            "bytes of weights",
            "the weight memory of the device, where one is given",
            site => site.Device.WeightMemory is { } memory && LayerMemory.WeightBytes(site.Step) is var bytes && bytes > memory
                ? new HardwareBreach(
                    LayerMemory.Text(bytes), "Use fewer states or channels, or a device with more memory.", LayerMemory.Text(memory))
                : null);
    }

    private static void AddRecurrent(HardwareRuleList rules)
    {
        rules.Add(
            "Rectifier",
            Recurrent,
            "maximum of the ReLU",
            "none",
            site => Of(site) is { Activation: ActivationType.ReLU } layer && layer.Variables["max_value"] is not null
                ? new HardwareBreach("one", "Use a ReLU without max_value.")
                : null);
        rules.Range("States", Recurrent, "states", site => Of(site)?.StatefulChannels, 1, MostChannels, States);
        rules.Add(
            "StatesPower",
            Recurrent,
            "states",
            "a power of two",
            site => Of(site) is { } layer && !BitOperations.IsPow2(layer.StatefulChannels)
                ? new HardwareBreach(Figure(layer.StatefulChannels), States)
                : null);
        rules.Add(
            "StatesEqual",
            Recurrent,
            "states",
            "as many as the first recurrent layer",
            site => Of(site) is { } layer && site.Recurrent.First().StatefulChannels is var first && layer.StatefulChannels != first
                ? new HardwareBreach(Figure(layer.StatefulChannels), States, Figure(first))
                : null);
        rules.Range(
            "Outputs", Recurrent, "output channels", site => Of(site)?.OutputChannels, 1, MostChannels, "Use fewer output channels.");
        rules.Range("Subsample", Recurrent, "subsample", site => Of(site)?.Subsample, 1, 4, "Divide the subsampling between layers.");
        rules.Add(
            "LastBits",
            Recurrent,
            "bits of the last output",
            "8, 28, 32",
            site => site.Layer == site.Recurrent.Last() && Of(site)!.OutputBits is not (8 or 28 or 32) and var bits
                ? new HardwareBreach(Figure(bits), "Quantize the last output with 8, 28 or 32 bits.")
                : null);
    }

    private static AkidaStatefulRecurrent? Of(HardwareSite site) => site.Layer as AkidaStatefulRecurrent;

    private static int Index(HardwareSite site) => site.Recurrent.TakeWhile(layer => layer != site.Layer).Count();

    private static bool IsFirst(HardwareSite site) => Index(site) == 0;

    private static bool IsWords(int bits) =>
        bits % (WordBytes * 8) == 0 && BitOperations.IsPow2(bits / (WordBytes * 8)) && bits / 8 <= MostFirstBytes;
}

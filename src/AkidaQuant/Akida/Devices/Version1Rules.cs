using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;
using static AkidaQuant.Akida.Devices.HardwareRuleList;

namespace AkidaQuant.Akida.Devices;

/// <summary>The limits of Akida 1.0 (akida-model.md 2.2).</summary>
internal static class Version1Rules
{
    private const string Quantize = "Quantize with the bits that the limit names (New-QuantParameter).";
    private const string Shrink = "Reduce the image before it.";
    private const string Kernel = "Use one of these kernels, or put the weights among the zeros of the next larger one.";
    private const int MostPooled = 32;
    private const int LeastPooled = 3;

    private static readonly string[] Input = ["InputConvolutional"];
    private static readonly string[] Convolution = ["Convolutional", "SeparableConvolutional"];
    private static readonly string[] Plain = ["Convolutional"];
    private static readonly string[] Separable = ["SeparableConvolutional"];
    private static readonly string[] Dense = ["FullyConnected"];
    private static readonly int[] Levels = [1, 2, 4];

    private static readonly Dictionary<(int Channels, int Kernel), int> MostFilters = new()
    {
        [(1, 3)] = 512, [(1, 5)] = 192, [(1, 7)] = 96, [(3, 3)] = 192, [(3, 5)] = 64, [(3, 7)] = 32,
    };

    /// <summary>The rules.</summary>
    public static ValueList<HardwareRule> All { get; } = Make();

    private static ValueList<HardwareRule> Make()
    {
        HardwareRuleList rules = new(AkidaIp.V1, "Hw1", "akida-model.md 2.2");
        rules.Types(
            ["InputData", "Quantizer", .. Input, .. Convolution, .. Dense],
            "Convert to Akida 1.0 (ConvertTo-Akida -Version 1.0), or take another device.");
        AddInput(rules);
        AddLayers(rules);
        AddPools(rules);
        return rules.Rules;
    }

    private static void AddInput(HardwareRuleList rules)
    {
        rules.InputProcessor(Input);
        rules.Range("InputRows", Input, "input rows", site => site.Input[0], 5, int.MaxValue, "Give larger images.");
        rules.Range("InputColumns", Input, "input columns", site => site.Input[1], 5, 256, "Scale or cut the images.");
        rules.OneOf("InputChannels", Input, "input channels", site => site.Input[2], [1, 3], "Begin with InputData, which takes any.");
        rules.Square("InputKernel", Input, "kernel", window => window.Kernel, [3, 5, 7], Kernel);
        rules.Square("InputStride", Input, "stride", window => window.Stride, [1, 2, 3], "Use a stride of 1, 2 or 3.");
        rules.Add(
            "InputFilters",
            Input,
            "filters",
            "512, 192, 96 with 1 channel and kernels of 3, 5, 7; 192, 64, 32 with 3 channels",
            site => MostFilters.TryGetValue((site.Input[2], site.Window!.Kernel.Height), out int most) && site.Filters > most
                ? new HardwareBreach(
                    Figure(site.Filters.Value),
                    "Use fewer filters or a smaller kernel.",
                    $"at most {Figure(most)} with {Figure(site.Input[2])} channels and a kernel of {Figure(site.Window.Kernel)}")
                : null);
        rules.Add(
            "InputPoolType",
            Input,
            "pool",
            "none or a maximum",
            site => site.Window!.Pool == PoolType.Average
                ? new HardwareBreach("global average", "Put the average behind a further convolution.")
                : null);
        rules.Add(
            "InputPoolSize",
            Input,
            "pool size",
            "1x2, 2x1, 2x2",
            site => site.Window is { IsMaximum: true, PoolSize: var size } && size is not ((1, 2) or (2, 1) or (2, 2))
                ? new HardwareBreach(Figure(size), "Use a pool of 2x2.")
                : null);
        rules.Add(
            "InputPoolStride",
            Input,
            "pool stride",
            "the pool size",
            site => site.Window is { IsMaximum: true } window && window.PoolStride != window.PoolSize
                ? new HardwareBreach(Figure(window.PoolStride), "Give the pool strides of its size.", Figure(window.PoolSize))
                : null);
        rules.OneOf("InputBits", Input, "bits of the input", site => site.InputBits, [8], "Give images of bytes.");
        rules.OneOf("InputWeightBits", Input, "bits of weights", site => site.Layer.WeightBits, [8], Quantize);
        rules.OneOf("InputActivationBits", Input, "bits of the activation", site => site.OutputBits, Levels, Quantize);
    }

    private static void AddLayers(HardwareRuleList rules)
    {
        rules.Range("Rows", Convolution, "input rows", site => site.Input[0], 0, 4096, Shrink);
        rules.Range("Columns", Convolution, "input columns", site => site.Input[1], 0, 4096, Shrink);
        rules.Range("Channels", Convolution, "input channels", site => site.Input[2], 0, 2048, "Use fewer filters in the layer before it.");
        rules.Square("Kernel", Plain, "kernel", window => window.Kernel, [1, 3, 5, 7], Kernel);
        rules.Square("SeparableKernel", Separable, "kernel", window => window.Kernel, [3, 5, 7], Kernel);
        rules.Add(
            "SeparableInput",
            Separable,
            "input rows and columns",
            "more than 1x1",
            site => site.Input is [1, 1, _] ? new HardwareBreach("1x1", "Use a Convolutional or FullyConnected layer.") : null);
        rules.Square("Stride", Convolution, "stride", window => window.Stride, [1, 2], "Use a stride of 1 or 2.");
        rules.Add(
            "StrideKernel",
            Convolution,
            "kernel with stride 2",
            "3x3",
            site => site.Window is { Stride: (2, 2), Kernel: var kernel } && kernel != (3, 3)
                ? new HardwareBreach(Figure(kernel), "Use a kernel of 3x3, or stride 1 and a 3x3 layer with stride 2 behind it.")
                : null);
        rules.Add(
            "Padding",
            Convolution,
            "padding",
            "Same",
            site => site.Window!.Padding is Padding.Same
                ? null
                : new HardwareBreach(site.Window.Padding.ToString(), "Pad as 'same' does."));
        rules.OneOf("LayerInputBits", [.. Convolution, .. Dense], "bits of the input", site => site.InputBits, Levels, Quantize);
        rules.OneOf("WeightBits", [.. Plain, .. Dense], "bits of weights", site => site.Layer.WeightBits, Levels, Quantize);
        rules.OneOf("SeparableWeightBits", Separable, "bits of weights", site => site.Layer.WeightBits, [2, 4], Quantize);
        rules.OneOf("ActivationBits", [.. Convolution, .. Dense], "bits of the activation", site => site.OutputBits, Levels, Quantize);
        rules.Range(
            "DenseInputs", Dense, "inputs", site => site.Input.Size, 0, 57334, "Pool or reduce what comes in.");
        rules.Add(
            "LearningWeightBits",
            [.. Plain, .. Dense],
            "bits of weights without learning",
            "2 or 4",
            site => site.Layer is AkidaV1Layer { WeightsBits: 1 } and not AkidaFullyConnected { Learning: not null }
                ? new HardwareBreach("1", "Weights of 1 bit are for layers that learn on the device; quantize with 2 or 4.")
                : null,
            isNote: true);
    }

    private static void AddPools(HardwareRuleList rules)
    {
        HardwareRules.AddMaximumPools(rules, Convolution, [.. Input, .. Convolution]);
        rules.Add(
            "PoolFollowed",
            Convolution,
            "layer behind a maximum pool",
            string.Join(" or ", Convolution),
            site => HardwareRules.PoolNotFollowed(site, Convolution));
        rules.Add(
            "GlobalPool",
            Convolution,
            "rows and columns that a global average sums",
            $"{LeastPooled} to {MostPooled}",
            site => site.Pooled is { } pooled && (IsOutside(pooled.Height) || IsOutside(pooled.Width))
                ? new HardwareBreach(Figure(pooled), "Stride or pool before it, or leave rows; a FullyConnected layer takes any number.")
                : null);
    }

    private static bool IsOutside(int rows) => rows is < LeastPooled or > MostPooled;
}

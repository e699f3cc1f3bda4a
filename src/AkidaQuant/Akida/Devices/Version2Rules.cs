using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;
using static AkidaQuant.Akida.Devices.HardwareRuleList;

namespace AkidaQuant.Akida.Devices;

/// <summary>The limits of Akida 2.0, and where later public facts allow what the page refuses (akida-model.md 2.3 and 2.5).</summary>
internal static class Version2Rules
{
    private const string Quantize = "Quantize with the bits that the limit names (New-QuantParameter).";
    private const string Shrink = "Reduce the image before it.";
    private const string Kernel = "Use one of these kernels, or put the weights among the zeros of the next larger one.";
    private const string Later = "akida-model.md 2.5";
    private const string Allowed = "Nothing: a later release allows it, which the page does not say.";
    private const int MostSummed = 144;

    private static readonly string[] Input = ["InputConv2D"];
    private static readonly string[] Plain = ["Conv2D"];
    private static readonly string[] Depthwise = ["DepthwiseConv2D"];
    private static readonly string[] Convolution = ["Conv2D", "DepthwiseConv2D"];
    private static readonly string[] Transposed = ["Conv2DTranspose", "DepthwiseConv2DTranspose"];
    private static readonly string[] Frames = ["BufferTempConv", "DepthwiseBufferTempConv"];
    private static readonly string[] Dense = ["Dense1D"];
    private static readonly string[] OnEightBits = [.. Transposed, .. Frames];
    private static readonly string[] OnImages = [.. Convolution, .. Transposed, .. Frames];
    private static readonly string[] WithTable = [.. Input, .. Convolution, .. Transposed];

    private static readonly Dictionary<int, int> MostStride = new() { [3] = 3, [4] = 4, [5] = 5, [7] = 6 };

    /// <summary>The rules.</summary>
    public static ValueList<HardwareRule> All { get; } = Make();

    private static ValueList<HardwareRule> Make()
    {
        HardwareRuleList rules = new(AkidaIp.V2, "Hw2", "akida-model.md 2.3");
        rules.Types(
            ["InputData", "Quantizer", .. Input, .. OnImages, .. Dense, "Add", "Concatenate", "Dequantizer"],
            "Convert to Akida 2.0 (ConvertTo-Akida -Version 2.0); recurrent layers run on Akida Pico.");
        AddInput(rules);
        AddLayers(rules);
        AddBits(rules);
        AddPools(rules);
        AddTables(rules);
        return rules.Rules;
    }

    private static void AddInput(HardwareRuleList rules)
    {
        rules.InputProcessor(Input);
        rules.Range("InputRows", Input, "input rows", site => site.Input[0], 5, int.MaxValue, "Give larger images.");
        rules.Range("InputColumns", Input, "input columns", site => site.Input[1], 5, 384, "Scale or cut the images.");
        rules.OneOf("InputChannels", Input, "input channels", site => site.Input[2], [1, 3], "Begin with InputData, which takes any.");
        rules.Range("InputFilters", Input, "filters", site => site.Filters, 0, 512, "Use fewer filters.");
        rules.Square("InputKernel", Input, "kernel", window => window.Kernel, [3, 4, 5, 7], Kernel);
        rules.Add(
            "InputStride",
            Input,
            "stride",
            "1 to 3, 4, 5, 6 with kernels of 3, 4, 5, 7",
            site => MostStride.TryGetValue(site.Window!.Kernel.Height, out int most) && site.Window.Stride.Height > most
                ? new HardwareBreach(
                    Figure(site.Window.Stride),
                    "Use a smaller stride.",
                    $"1 to {Figure(most)} with a kernel of {Figure(site.Window.Kernel)}")
                : null);
        rules.Add(
            "InputStrideKernel",
            Input,
            "kernel with stride 2 and a pool of size 3 and stride 2",
            "3x3",
            site => site.Window is { Kernel: (7, 7), Stride: (2, 2), IsMaximum: true, PoolSize: (3, 3), PoolStride: (2, 2) }
                ? new HardwareBreach("7x7", Allowed)
                : null,
            Later,
            isNote: true);
        rules.Add(
            "InputPadding",
            Input,
            "padding",
            "Same, Valid",
            site => site.Window!.Padding is Padding.Same or Padding.Valid
                ? null
                : new HardwareBreach(site.Window.Padding.ToString(), "Pad as 'same' or 'valid' do."));
        rules.Add(
            "InputPoolType",
            Input,
            "pool",
            "none or a maximum",
            site => site.Window!.Pool == PoolType.Average
                ? new HardwareBreach("global average", "Put the average behind a further convolution.")
                : null);
        rules.Add(
            "InputPool",
            Input,
            "pool size and stride",
            "2x2 and 2, or 3x3 and 2",
            site => site.Window is { IsMaximum: true, PoolSize: var size, PoolStride: var stride }
                && !(size is (2, 2) or (3, 3) && stride == (2, 2))
                ? new HardwareBreach($"{Figure(size)} and {Figure(stride.Height)}", "Use a pool of 2x2 or 3x3 with stride 2.")
                : null);
        rules.OneOf("InputBits", Input, "bits of the input", site => site.InputBits, [8], "Give images of bytes.");
        rules.OneOf("InputWeightBits", Input, "bits of weights", site => site.Layer.WeightBits, [8], Quantize);
    }

    private static void AddLayers(HardwareRuleList rules)
    {
        rules.Range("Rows", OnImages, "input rows", site => site.Input[0], 0, 4096, Shrink);
        rules.Range("Columns", OnImages, "input columns", site => site.Input[1], 0, 4096, Shrink);
        rules.Range("Channels", OnImages, "input channels", site => site.Input[2], 0, 2048, "Use fewer filters in the layer before it.");
        rules.Square("Kernel", Plain, "kernel", window => window.Kernel, [1, 3, 5, 7], Kernel);
        rules.Square("DepthwiseKernel", Depthwise, "kernel", window => window.Kernel, [3, 5, 7], Kernel);
        rules.Square("TransposedKernel", Transposed, "kernel", window => window.Kernel, [3, 4], "Use a kernel of 3x3 or 4x4.");
        rules.Square("Stride", Convolution, "stride", window => window.Stride, [1, 2], "Use a stride of 1 or 2.");
        rules.Add(
            "StrideKernel",
            Convolution,
            "kernel with stride 2",
            "3x3",
            site => site.Window is { Stride: (2, 2), Kernel: var kernel } && kernel is not ((1, 1) or (3, 3))
                ? new HardwareBreach(Figure(kernel), "Use a kernel of 3x3, or stride 1 and a 3x3 layer with stride 2 behind it.")
                : null);
        rules.Add(
            "PointwiseStride",
            Plain,
            "kernel with stride 2",
            "3x3",
            site => site.Window is { Stride: (2, 2), Kernel: (1, 1) } ? new HardwareBreach("1x1", Allowed) : null,
            Later,
            isNote: true);
        rules.Add(
            "Padding",
            Convolution,
            "padding",
            "Same",
            site => site.Window!.Padding is Padding.Same
                ? null
                : new HardwareBreach(site.Window.Padding.ToString(), "Pad as 'same' does."));
        rules.Range(
            "DenseInputs", Dense, "inputs", site => site.Input.Size, 0, 2048, "Pool before it: a global average leaves the channels.");
        rules.Range("Fifo", Frames, "FIFO size", site => (site.Layer as AkidaFrameLayer)?.FifoSize, 2, 10, "Use 2 to 10 frames.");
        rules.Range("FrameFilters", ["BufferTempConv"], "filters", site => site.Filters, 0, 2048, "Use fewer filters.");
    }

    private static void AddBits(HardwareRuleList rules)
    {
        string[] layers = [.. Convolution, .. Dense];
        rules.OneOf("LayerInputBits", layers, "bits of the input", site => site.InputBits, [4, 8], Quantize);
        rules.OneOf("WeightBits", layers, "bits of weights", site => site.Layer.WeightBits, [4, 8], Quantize);
        rules.OneOf("OutputBits", [.. Input, .. layers], "bits of the output", site => site.OutputBits, [4, 8], Quantize);
        rules.OneOf("EightInputBits", OnEightBits, "bits of the input", site => site.InputBits, [8], Quantize);
        rules.OneOf("EightWeightBits", OnEightBits, "bits of weights", site => site.Layer.WeightBits, [8], Quantize);
        rules.OneOf("EightOutputBits", OnEightBits, "bits of the output", site => site.OutputBits, [8], Quantize);
    }

    private static void AddPools(HardwareRuleList rules)
    {
        HardwareRules.AddMaximumPools(rules, Convolution, [.. Input, .. Convolution]);
        rules.Add(
            "PoolFollowed",
            [.. Input, .. Convolution],
            "layer behind a maximum pool",
            string.Join(" or ", Convolution),
            site => HardwareRules.PoolNotFollowed(site, Convolution));
        rules.Range(
            "GlobalRows", Convolution, "rows that a global average sums", site => site.Pooled?.Height, 1, 64, "Stride or pool before it.");
        rules.Range(
            "GlobalSize",
            Convolution,
            "positions that a global average sums",
            site => site.Pooled is { } pooled ? pooled.Height * pooled.Width : null,
            0,
            MostSummed,
            "Stride or pool before it.");
        rules.Add(
            "GlobalSizeNoted",
            Convolution,
            "positions that a global average sums",
            "less than 144",
            site => site.Pooled is { } pooled && pooled.Height * pooled.Width == MostSummed
                ? new HardwareBreach(
                    Figure(MostSummed),
                    "Nothing by the page, which takes 144; release notes take less. Stride or pool before it to be sure.")
                : null,
            Later,
            isNote: true);
    }

    private static void AddTables(HardwareRuleList rules)
    {
        rules.Add(
            "TableLayer",
            [.. Dense, .. Frames],
            "activation",
            $"no table; layers with one: {string.Join(", ", WithTable)}",
            site => IsTable(site) ? new HardwareBreach("LUT", "Use a ReLU or none, or a convolution of 1x1.") : null);
        rules.Add(
            "TablePool",
            WithTable,
            "activation with a maximum pool",
            "no table",
            site => site.Window is { IsMaximum: true } && IsTable(site)
                ? new HardwareBreach("LUT", "Put the pool into another layer, or use a ReLU.")
                : null);
        rules.Add(
            "TableAdd",
            ["Add"],
            "activation",
            $"no table; layers with one: {string.Join(", ", WithTable)}",
            site => IsTable(site)
                ? new HardwareBreach("LUT", "Nothing: a later release gives Add an activation; whether that may be a table, no page says.")
                : null,
            Later,
            isNote: true);
    }

    private static bool IsTable(HardwareSite site) => site.Layer is AkidaIntegerLayer { Activation: ActivationType.LUT };
}

using System.Globalization;
using AkidaQuant.Text;

namespace AkidaQuant.Akida.Devices;

/// <summary>The devices that the vendor names, and devices of one's own (akida-model.md 4.1).</summary>
public static class AkidaDevices
{
    /// <summary>Neural processors of a node (akida-model.md 2.5).</summary>
    public const int ProcessorsOfNode = 4;

    /// <summary>Bytes of input memory of a processor of Akida 2.0, where nothing else is said (akida-model.md 2.5).</summary>
    public const long DefaultInputMemory = 64 << 10;

    /// <summary>Bytes of weight memory of a processor of Akida 2.0, where nothing else is said (akida-model.md 2.5).</summary>
    public const long DefaultWeightMemory = 50 << 10;

    /// <summary>
    /// Bytes of either memory that are taken for a processor of Akida 1.0: with 33,920 to 44,457 the formula of
    /// <see cref="AkidaMapper"/> gives the ten counts of an older release in akida-model.md 3.8.
    /// </summary>
    public const long Version1Memory = 40 << 10;

    private const int MostNodes = 1024;
    private const long MostMemory = 1L << 40;

    /// <summary>The most recurrent layers of a Pico model (akida-model.md 2.4).</summary>
    private const int PicoLayers = 8;

    /// <summary>Processors that a public summary maps on the AKD1000: 67 CNP1 and 1 FNP2 (akida-model.md 3.7 F).</summary>
    private const int SeenOnAkd1000 = 68;

    private const string Version1MemoryFormula = "40 KB give the ten counts of processors of akida-model.md 3.8 (older release)";
    private const string KindsFormula = "each processor may be of each kind, one of them FNP2 (akida-model.md 4.3)";
    private const string NodeSource = "4 neural processors a node (akida-model.md 2.5)";
    private const string MemorySource = "64 KB and 50 KB of memory a processor are the default (akida-model.md 2.5)";

    /// <summary>The devices of akida-model.md 4.1, those of one design one after the other, the smallest first.</summary>
    public static ValueList<AkidaDevice> All { get; } =
    [
        OfNodes("TwoNodesIPv1", AkidaIp.V1, 2) with { Source = $"the name says 2 nodes; {NodeSource}" },
        OfAkd1000(),
        Version1("AKD1500") with { Source = "no page gives its number of nodes" },
        OfNodes("TwoNodesIPv2", AkidaIp.V2, 2) with
        {
            HardwareVersion = "FPGA_v2", Source = $"a 2-node FPGA build; {NodeSource}; {MemorySource}",
        },
        OfNodes("SixNodesIPv2", AkidaIp.V2, 6) with
        {
            HardwareVersion = "FPGA_v2", Source = $"a 6-node FPGA build; {NodeSource}; {MemorySource}",
        },
        OfPico("Pico") with { Source = "akida-model.md 2.4; no page gives its memory" },
    ];

    /// <summary>The device of that name, in either case.</summary>
    /// <exception cref="QuantException"><c>DeviceUnknown</c>: there is none.</exception>
    public static AkidaDevice Named(string name)
    {
        string[] names = [.. All.Select(device => device.Name)];
        return All.FirstOrDefault(device => string.Equals(device.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new QuantException(
                "DeviceUnknown",
                QuantErrorKind.NotFound,
                $"There is no device '{name}'.{NearestName.Question(name, names)} Devices: {Listing.Of(names)}. New-AkidaDevice makes others.",
                name);
    }

    /// <summary>A device of one's own, as <c>create_device</c> makes one (akida-model.md 4.1).</summary>
    /// <param name="name">The name.</param>
    /// <param name="ip">The design.</param>
    /// <param name="nodes">The number of nodes; null for Pico only, where none is known.</param>
    /// <param name="inputMemory">Bytes of input memory of a processor; null for the default of Akida 2.0, or the estimate for 1.0.</param>
    /// <param name="weightMemory">Bytes of weight memory; null as for the input memory.</param>
    /// <param name="skipDma">Channels for connections that skip layers; null for any number of them.</param>
    /// <param name="hasHrc">Whether it has a processor for the first convolution over images.</param>
    /// <exception cref="QuantException"><c>DeviceInvalid</c>: a figure is none that a device can have.</exception>
    public static AkidaDevice Create(
        string name, AkidaIp ip, int? nodes, long? inputMemory = null, long? weightMemory = null, int? skipDma = null, bool hasHrc = true)
    {
        ArgumentNullException.ThrowIfNull(name);
        Require(name.Length > 0, "its name is empty. Give it one.", name);
        Require(
            nodes is not null || ip == AkidaIp.Pico,
            $"it has no number of nodes, and {ip.Title()} is made of nodes of 4 neural processors. Give it one (New-AkidaDevice -NodeCount).",
            name);
        Require(nodes is null or (>= 1 and <= MostNodes), $"it has {nodes} nodes. Give it 1 to {MostNodes}.", name);
        Require(skipDma is null or (>= 0 and <= MostNodes), $"it has {skipDma} skip DMA channels. Give it 0 to {MostNodes}.", name);
        Require(
            skipDma is null or 0 || ip == AkidaIp.V2,
            $"it has {skipDma} skip DMA channels, and only Akida 2.0 has such. Leave them out.",
            name);
        foreach ((string kind, long? memory) in new[] { ("input", inputMemory), ("weight", weightMemory) })
        {
            Require(
                memory is null or (>= 1 and <= MostMemory),
                $"it has {memory} bytes of {kind} memory a processor. Give it 1 to {MostMemory} bytes, such as 64KB.",
                name);
        }

        AkidaDevice device = ip == AkidaIp.Pico ? OfPico(name) : OfNodes(name, ip, nodes!.Value);
        return device with
        {
            NodeCount = nodes,
            Processors = nodes * ProcessorsOfNode ?? device.Processors,
            TnpR = ip == AkidaIp.Pico ? nodes * ProcessorsOfNode ?? device.TnpR : device.TnpR,
            InputMemory = inputMemory ?? device.InputMemory,
            WeightMemory = weightMemory ?? device.WeightMemory,
            SkipDma = skipDma ?? device.SkipDma,
            Hrc = hasHrc ? device.Hrc : 0,
            Estimates =
            [
                .. device.Estimates.Where(estimate =>
                    !(inputMemory is not null && IsOf(estimate, nameof(AkidaDevice.InputMemory)))
                    && !(weightMemory is not null && IsOf(estimate, nameof(AkidaDevice.WeightMemory)))
                    && !(nodes is not null && IsOf(estimate, nameof(AkidaDevice.Processors)))),
            ],
            Source = "made with New-AkidaDevice",
        };
    }

    private static bool IsOf(string estimate, string figure) => estimate.StartsWith($"{figure}:", StringComparison.Ordinal);

    private static AkidaDevice OfAkd1000()
    {
        int nodes = (SeenOnAkd1000 + ProcessorsOfNode - 1) / ProcessorsOfNode;
        AkidaDevice device = OfNodes("AKD1000", AkidaIp.V1, nodes);
        return device with
        {
            HardwareVersion = "NSoC_v2",
            Source = $"akida-model.md 3.7 F and 4.1; {NodeSource}",
            Estimates =
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"NodeCount: the fewest that hold the {SeenOnAkd1000} processors of a public summary (akida-model.md 3.7 F); it may have more"),
                .. device.Estimates,
            ],
        };
    }

    private static AkidaDevice Version1(string name) => new()
    {
        Name = name,
        Ip = AkidaIp.V1,
        Hrc = 1,
        SkipDma = 0,
        InputMemory = Version1Memory,
        WeightMemory = Version1Memory,
        Estimates = [$"InputMemory: {Version1MemoryFormula}", $"WeightMemory: {Version1MemoryFormula}"],
    };

    private static AkidaDevice OfNodes(string name, AkidaIp ip, int nodes)
    {
        int count = nodes * ProcessorsOfNode;
        AkidaDevice device = ip == AkidaIp.V1
            ? Version1(name)
            : new AkidaDevice
            {
                Name = name, Ip = ip, Hrc = 1, TnpB = count, InputMemory = DefaultInputMemory, WeightMemory = DefaultWeightMemory,
            };
        return device with
        {
            NodeCount = nodes,
            Processors = count,
            Cnp = count,
            Fnp2 = 1,
            Fnp3 = count,
            Estimates = [.. device.Estimates, $"Kinds: {KindsFormula}"],
        };
    }

    private static AkidaDevice OfPico(string name) => new()
    {
        Name = name,
        Ip = AkidaIp.Pico,
        Processors = PicoLayers,
        TnpR = PicoLayers,
        SkipDma = 0,
        Estimates = ["Processors: one for each of at most 8 recurrent layers (akida-model.md 2.4)"],
    };

    private static void Require(bool holds, string problem, string name)
    {
        if (!holds)
        {
            throw new QuantException(
                "DeviceInvalid", QuantErrorKind.InvalidArgument, $"The device '{name}' is not possible: {problem}", name);
        }
    }
}

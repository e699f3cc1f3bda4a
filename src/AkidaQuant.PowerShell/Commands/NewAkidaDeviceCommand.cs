using AkidaQuant.Akida.Devices;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Makes a device of one's own.</summary>
[Cmdlet(VerbsCommon.New, "AkidaDevice", HelpUri = OnlineHelp.Pages + "New-AkidaDevice.md")]
[OutputType(typeof(AkidaDevice))]
public sealed class NewAkidaDeviceCommand : QuantCmdlet
{
    /// <summary>The design.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Takes(typeof(string), Kinds.Choice)]
    [ValidateSet("1.0", "2.0", "1", "2", "Pico")]
    public string Version { get; set; } = string.Empty;

    /// <summary>The number of nodes, of 4 neural processors each.</summary>
    [Parameter(Position = 1)]
    [Takes(typeof(int), Kinds.Whole)]
    public int? NodeCount { get; set; }

    /// <summary>The name.</summary>
    [Parameter]
    [Takes(typeof(string), Kinds.Name)]
    public string Name { get; set; } = "Custom";

    /// <summary>Bytes of input memory of a processor.</summary>
    [Parameter]
    [Takes(typeof(long), Kinds.Whole)]
    public long? InputMemory { get; set; }

    /// <summary>Bytes of weight memory of a processor.</summary>
    [Parameter]
    [Takes(typeof(long), Kinds.Whole)]
    public long? WeightMemory { get; set; }

    /// <summary>Channels for connections that skip layers; any number of them where it is left out.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    public int? SkipDma { get; set; }

    /// <summary>Leaves out the processor for the first convolution over images (HRC).</summary>
    [Parameter]
    public SwitchParameter NoInputConvolution { get; set; }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(AkidaDevices.Create(
        Name,
        Version[0] switch { '1' => AkidaIp.V1, '2' => AkidaIp.V2, _ => AkidaIp.Pico },
        NodeCount,
        InputMemory,
        WeightMemory,
        SkipDma,
        !NoInputConvolution));
}

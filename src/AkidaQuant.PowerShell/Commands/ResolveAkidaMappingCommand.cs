using AkidaQuant.Akida.Devices;
using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Says what of an Akida model would run where on a device.</summary>
[Cmdlet(
    VerbsDiagnostic.Resolve, "AkidaMapping", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Resolve-AkidaMapping.md")]
[OutputType(typeof(AkidaMapping))]
public sealed class ResolveAkidaMappingCommand : AkidaModelFirstCmdlet
{
    private AkidaDevice? _device;

    /// <summary>The device, or its name; the smallest one that holds the model where it is left out.</summary>
    [Parameter(Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Position = 0, ParameterSetName = PipelineSet)]
    [ArgumentCompleter(typeof(DeviceNameCompleter))]
    [Accepts<DeviceArgument>]
    public DeviceArgument? Device
    {
        get;
        set => field = Once(nameof(Device), value);
    }

    /// <summary>Refuses a model that does not run on the device as a whole.</summary>
    [Parameter]
    public SwitchParameter HardwareOnly { get; set; }

    /// <summary>How processors are given to layers.</summary>
    [Parameter]
    [Takes(typeof(string), Kinds.Choice)]
    [ValidateSet("AllNps", "HwPr", "Minimal")]
    public string Mode { get; set; } = "AllNps";

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        _device = new ArgumentReader(this).ReadDevice(nameof(Device), Device);
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        AkidaMapping mapping = Compute(_ =>
        {
            AkidaMapMode mode = Enum.Parse<AkidaMapMode>(Mode, ignoreCase: true);
            return _device is null ? AkidaMapper.MapSmallest(Network, mode) : AkidaMapper.Map(Network, _device, mode);
        });
        try
        {
            if (HardwareOnly)
            {
                mapping.RequireHardware();
            }
        }
        catch (QuantException error)
        {
            ThrowTerminatingError(ErrorRecords.Of(error));
        }

        WriteObject(mapping);
    }
}

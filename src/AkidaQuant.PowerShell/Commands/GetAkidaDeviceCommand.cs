using AkidaQuant.Akida.Devices;
using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Gets the devices that models can be judged for and mapped on, or the rules that they have.</summary>
[Cmdlet(VerbsCommon.Get, "AkidaDevice", HelpUri = OnlineHelp.Pages + "Get-AkidaDevice.md")]
[OutputType(typeof(AkidaDevice), typeof(HardwareRule))]
public sealed class GetAkidaDeviceCommand : QuantCmdlet
{
    private readonly HashSet<string> _given = [];

    /// <summary>Names, wildcards included; all where none are given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(DeviceNameCompleter))]
    [Takes(typeof(string[]), Kinds.Devices)]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Gives the rules of the devices' designs, each once a call, in place of the devices.</summary>
    [Parameter]
    public SwitchParameter Rule { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (string name in Name)
        {
            Try(() =>
            {
                foreach (AkidaDevice device in Find(name))
                {
                    Give(device);
                }
            });
        }
    }

    private static IEnumerable<AkidaDevice> Find(string name)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
        {
            return [AkidaDevices.Named(name)];
        }

        try
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            return [.. AkidaDevices.All.Where(device => pattern.IsMatch(device.Name))];
        }
        catch (WildcardPatternException)
        {
            return [AkidaDevices.Named(name)];
        }
    }

    private void Give(AkidaDevice device)
    {
        if (!Rule)
        {
            WriteObject(device);
            return;
        }

        WriteObject(HardwareRules.Of(device.Ip).Where(rule => _given.Add(rule.Id)), enumerateCollection: true);
    }
}

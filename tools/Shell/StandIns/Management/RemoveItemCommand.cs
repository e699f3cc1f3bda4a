namespace AkidaQuant.Shell.StandIns.Management;

[Cmdlet(VerbsCommon.Remove, "Item", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class RemoveItemCommand : ProviderCommand
{
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Resolve())
        {
            if (ShouldProcess(path))
            {
                Attempt(() => InvokeProvider.Item.Remove([path], Recurse, Force, literalPath: true));
            }
        }
    }
}

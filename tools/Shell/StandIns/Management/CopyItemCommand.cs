namespace AkidaQuant.Shell.StandIns.Management;

[Cmdlet(VerbsCommon.Copy, "Item", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class CopyItemCommand : ProviderCommand
{
    [Parameter(Position = 1)]
    public string Destination { get; set; } = ".";

    [Parameter]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Resolve())
        {
            if (ShouldProcess($"Item: {path} Destination: {Destination}"))
            {
                Attempt(() => Copy(path));
            }
        }
    }

    private void Copy(string path)
    {
        var copies = InvokeProvider.Item.Copy(
            [path], Destination, Recurse, CopyContainers.CopyTargetContainer, Force, literalPath: true);
        if (PassThru)
        {
            WriteObject(copies, enumerateCollection: true);
        }
    }
}

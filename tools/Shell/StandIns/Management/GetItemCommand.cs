namespace AkidaQuant.Shell.StandIns.Management;

[Cmdlet(VerbsCommon.Get, "Item", DefaultParameterSetName = "Path")]
public sealed class GetItemCommand : ProviderCommand
{
    protected override void ProcessRecord()
    {
        foreach (string path in Given)
        {
            Attempt(() => WriteObject(InvokeProvider.Item.Get([path], Force, Literal), enumerateCollection: true));
        }
    }
}

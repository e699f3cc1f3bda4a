namespace AkidaQuant.Shell.StandIns.Management;

[Cmdlet(VerbsCommon.Get, "ChildItem", DefaultParameterSetName = "Path")]
public sealed class GetChildItemCommand : ProviderCommand
{
    [Parameter(Position = 1)]
    public string? Filter { get; set; }

    [Parameter]
    public string[]? Include { get; set; }

    [Parameter]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    public SwitchParameter File { get; set; }

    [Parameter]
    public SwitchParameter Directory { get; set; }

    [Parameter]
    public SwitchParameter Name { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Given.DefaultIfEmpty("."))
        {
            Attempt(() => Write(InvokeProvider.ChildItem.Get([path], Recurse, Force, Literal)));
        }
    }

    private void Write(IEnumerable<PSObject> items)
    {
        foreach (PSObject item in items)
        {
            bool container = item.Properties["PSIsContainer"]?.Value is true;
            string name = item.Properties["PSChildName"]?.Value as string ?? string.Empty;
            bool wanted = (!File || !container)
                && (!Directory || container)
                && (Filter is null || Fits(Filter, name))
                && (Include is null || Include.Any(pattern => Fits(pattern, name)));
            if (wanted)
            {
                WriteObject(Name ? name : item);
            }
        }
    }

    private static bool Fits(string pattern, string name) =>
        new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch(name);
}

using System.Collections;
using System.Collections.ObjectModel;

namespace AkidaQuant.Shell.StandIns.Utility;

[Cmdlet(VerbsData.Group, "Object")]
public sealed class GroupObjectCommand : PSCmdlet
{
    private readonly List<(object?[] Keys, Collection<PSObject> Items)> groups = [];
    private ObjectProperty[] properties = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    [Parameter]
    public SwitchParameter NoElement { get; set; }

    [Parameter]
    public SwitchParameter AsHashTable { get; set; }

    [Parameter]
    public SwitchParameter AsString { get; set; }

    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    protected override void BeginProcessing() => properties = ObjectProperty.Parse(Property);

    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        var comparer = new ValueComparer(CaseSensitive);
        object?[] keys = properties.Length == 0
            ? [InputObject]
            : [.. properties.Select(property => property.ValueOf(InputObject))];
        int index = groups.FindIndex(group => group.Keys.SequenceEqual(keys, comparer));
        if (index < 0)
        {
            index = groups.Count;
            groups.Add((keys, []));
        }

        groups[index].Items.Add(InputObject);
    }

    protected override void EndProcessing()
    {
        if (AsHashTable)
        {
            var table = new Hashtable(CaseSensitive ? StringComparer.CurrentCulture : StringComparer.CurrentCultureIgnoreCase);
            foreach ((object?[] keys, Collection<PSObject> items) in groups)
            {
                object? key = keys[0] is PSObject wrapped ? wrapped.BaseObject : keys[0];
                table[AsString || key is null ? NameOf(keys) : key] = items;
            }

            WriteObject(table);
            return;
        }

        // The standard command gives the groups in the order of their keys.
        var order = new ValueComparer(CaseSensitive);
        foreach ((object?[] keys, Collection<PSObject> items) in groups.OrderBy(group => group.Keys[0], order))
        {
            var info = new PSObject();
            info.TypeNames.Insert(0, "Microsoft.PowerShell.Commands.GroupInfo" + (NoElement ? "NoElement" : string.Empty));
            info.Properties.Add(new PSNoteProperty("Count", items.Count));
            info.Properties.Add(new PSNoteProperty("Name", NameOf(keys)));
            info.Properties.Add(new PSNoteProperty("Group", NoElement ? null : items));
            info.Properties.Add(new PSNoteProperty("Values", new ArrayList(keys)));
            WriteObject(info);
        }
    }

    private static string NameOf(object?[] keys) => string.Join(", ", keys.Select(key => LanguagePrimitives.ConvertTo<string>(key)));
}

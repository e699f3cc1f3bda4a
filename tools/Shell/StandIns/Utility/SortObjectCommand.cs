namespace AkidaQuant.Shell.StandIns.Utility;

[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : PSCmdlet
{
    private readonly List<PSObject> items = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    [Parameter]
    public SwitchParameter Descending { get; set; }

    [Parameter]
    public SwitchParameter Unique { get; set; }

    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    [Parameter]
    public SwitchParameter Stable { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Top { get; set; } = int.MaxValue;

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Bottom { get; set; } = int.MaxValue;

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            items.Add(InputObject);
        }
    }

    protected override void EndProcessing()
    {
        ObjectProperty[] properties = ObjectProperty.Parse(Property);
        var comparer = new ValueComparer(CaseSensitive);
        bool[] descending = properties.Length == 0
            ? [Descending]
            : [.. properties.Select(property => property.Descending ?? Descending)];
        IEnumerable<(PSObject Item, object?[] Keys)> keyed = items.Select(item => (item, KeysOf(item, properties)));

        // OrderBy is stable, which the standard command is too.
        (PSObject Item, object?[] Keys)[] sorted = [.. keyed.OrderBy(
            pair => pair.Keys, Comparer<object?[]>.Create((x, y) => Compare(x, y, descending, comparer)))];
        if (Unique)
        {
            sorted = [.. sorted.Where((pair, index) =>
                index == 0 || Compare(sorted[index - 1].Keys, pair.Keys, descending, comparer) != 0)];
        }

        IEnumerable<(PSObject Item, object?[] Keys)> kept = Bottom < int.MaxValue ? sorted.TakeLast(Bottom) : sorted.Take(Top);
        WriteObject(kept.Select(pair => pair.Item), enumerateCollection: true);
    }

    private static object?[] KeysOf(PSObject item, ObjectProperty[] properties) =>
        properties.Length == 0 ? [item] : [.. properties.Select(property => property.ValueOf(item))];

    private static int Compare(object?[] x, object?[] y, bool[] descending, ValueComparer comparer)
    {
        for (int i = 0; i < x.Length; i++)
        {
            int result = comparer.Compare(x[i], y[i]);
            if (result != 0)
            {
                return descending[i] ? -result : result;
            }
        }

        return 0;
    }
}

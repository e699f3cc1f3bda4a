namespace AkidaQuant.Shell.StandIns.Utility;

[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectCommand : PSCmdlet
{
    private readonly Queue<PSObject> tail = [];
    private readonly List<PSObject> seen = [];
    private ObjectProperty[] properties = [];
    private long index = -1;
    private int written;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    [Parameter]
    public string[]? ExcludeProperty { get; set; }

    [Parameter]
    public string? ExpandProperty { get; set; }

    [Parameter]
    public SwitchParameter Unique { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int First { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Last { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int SkipLast { get; set; }

    [Parameter]
    public int[]? Index { get; set; }

    protected override void BeginProcessing() =>
        properties = ObjectProperty.Parse(Property ?? (ExcludeProperty is null ? null : ["*"]));

    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        index++;
        bool last = MyInvocation.BoundParameters.ContainsKey(nameof(Last));
        bool first = MyInvocation.BoundParameters.ContainsKey(nameof(First));
        if (Index is not null)
        {
            if (Index.Contains((int)index))
            {
                Select(InputObject);
            }
        }
        else if (last || SkipLast > 0)
        {
            tail.Enqueue(InputObject);
            PSObject? leaving = tail.Count > (last ? Last + Skip : SkipLast) ? tail.Dequeue() : null;
            if (leaving is not null && (SkipLast > 0 || (first && written < First)))
            {
                Select(leaving);
            }
        }
        else if (index >= Skip && (!first || written < First))
        {
            Select(InputObject);
        }

        if (first && !last && written >= First)
        {
            StopUpstream();
        }
    }

    protected override void EndProcessing()
    {
        if (SkipLast == 0)
        {
            foreach (PSObject item in tail.Take(Math.Max(tail.Count - Skip, 0)))
            {
                Select(item);
            }
        }
    }

    private void Select(PSObject item)
    {
        written++;
        PSObject selected = properties.Length == 0 ? item : Project(item);
        if (ExpandProperty is not null)
        {
            Expand(item);
        }
        else if (!Unique || IsNew(selected))
        {
            WriteObject(selected);
        }
    }

    private void Expand(PSObject item)
    {
        if (item.Properties[ExpandProperty] is { } property)
        {
            WriteObject(property.Value, enumerateCollection: true);
            return;
        }

        WriteError(new ErrorRecord(
            new PSArgumentException($"Property \"{ExpandProperty}\" cannot be found."),
            "ExpandPropertyNotFound",
            ErrorCategory.InvalidArgument,
            item));
    }

    private PSObject Project(PSObject item)
    {
        var result = new PSObject();
        foreach ((string name, object? value) in properties.SelectMany(property => property.Resolve(item)))
        {
            bool excluded = (ExcludeProperty ?? []).Any(
                pattern => new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch(name));
            if (!excluded && result.Properties[name] is null)
            {
                result.Properties.Add(new PSNoteProperty(name, value));
            }
        }

        result.TypeNames.Insert(0, "Selected." + item.BaseObject.GetType());
        return result;
    }

    private bool IsNew(PSObject item)
    {
        var comparer = new ValueComparer(caseSensitive: true);
        bool found = properties.Length == 0
            ? seen.Any(other => comparer.Equals(other, item))
            : seen.Any(other => other.Properties.Zip(item.Properties).All(pair => comparer.Equals(pair.First.Value, pair.Second.Value)));
        if (!found)
        {
            seen.Add(item);
        }

        return !found;
    }

    // The engine's own way of ending a pipeline early, which is not public.
    private void StopUpstream()
    {
        Type type = typeof(PSObject).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException")!;
        throw (Exception)Activator.CreateInstance(type, this)!;
    }
}

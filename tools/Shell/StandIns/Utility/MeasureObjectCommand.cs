namespace AkidaQuant.Shell.StandIns.Utility;

[Cmdlet(VerbsDiagnostic.Measure, "Object")]
public sealed class MeasureObjectCommand : PSCmdlet
{
    private readonly ValueComparer comparer = new(caseSensitive: false);
    private readonly Dictionary<string, List<object>> values = new(StringComparer.OrdinalIgnoreCase);
    private int count;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public string[]? Property { get; set; }

    [Parameter]
    public SwitchParameter Sum { get; set; }

    [Parameter]
    public SwitchParameter Average { get; set; }

    [Parameter]
    public SwitchParameter Maximum { get; set; }

    [Parameter]
    public SwitchParameter Minimum { get; set; }

    [Parameter]
    public SwitchParameter StandardDeviation { get; set; }

    [Parameter]
    public SwitchParameter AllStats { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        count++;
        foreach (string name in Property ?? [string.Empty])
        {
            object? value = name.Length == 0 ? InputObject.BaseObject : InputObject.Properties[name]?.Value;
            if (value is not null)
            {
                values.TryAdd(name, []);
                values[name].Add(value is PSObject wrapped ? wrapped.BaseObject : value);
            }
        }
    }

    protected override void EndProcessing()
    {
        if (Property is null)
        {
            WriteObject(Measure(null, values.GetValueOrDefault(string.Empty, []), count));
            return;
        }

        foreach (string name in Property)
        {
            if (values.TryGetValue(name, out List<object>? found))
            {
                WriteObject(Measure(name, found, found.Count));
                continue;
            }

            WriteError(new ErrorRecord(
                new PSArgumentException($"The property \"{name}\" cannot be found in the input for any objects."),
                "GenericMeasurePropertyNotFound",
                ErrorCategory.InvalidArgument,
                null));
        }
    }

    private PSObject Measure(string? name, List<object> found, int total)
    {
        bool numbers = Sum || Average || StandardDeviation || AllStats;
        double[] reals = numbers ? [.. found.Select(LanguagePrimitives.ConvertTo<double>)] : [];
        var result = new PSObject();
        result.TypeNames.Insert(0, "Microsoft.PowerShell.Commands.GenericMeasureInfo");
        void Add(string property, object? value) => result.Properties.Add(new PSNoteProperty(property, value));
        Add("Count", total);
        Add("Average", (Average || AllStats) && reals.Length > 0 ? reals.Average() : null);
        Add("Sum", (Sum || AllStats) && reals.Length > 0 ? reals.Sum() : null);
        Add("Maximum", Maximum || AllStats ? Extreme(found, 1) : null);
        Add("Minimum", Minimum || AllStats ? Extreme(found, -1) : null);
        Add("StandardDeviation", (StandardDeviation || AllStats) && reals.Length > 1 ? Deviation(reals) : null);
        Add("Property", name);
        return result;
    }

    // Numbers come out as doubles, as from the standard command; other values as they are.
    private object? Extreme(List<object> found, int sign)
    {
        object? extreme = found.Aggregate(
            default(object?), (best, value) => best is null || comparer.Compare(value, best) * sign > 0 ? value : best);
        return extreme is IConvertible number and not string and not DateTime ? LanguagePrimitives.ConvertTo<double>(number) : extreme;
    }

    private static double Deviation(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}

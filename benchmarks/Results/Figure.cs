using System.Globalization;

namespace AkidaQuant.Benchmarks.Results;

/// <summary>A number that was measured, with the greatest value that is asked for, where one is.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">How much.</param>
/// <param name="Unit">Of what; empty for ratios.</param>
/// <param name="Bound">The greatest value asked for; null where none is.</param>
/// <param name="Remark">What else is to be known.</param>
internal sealed record Figure(string Name, double Value, string Unit = "", double? Bound = null, string Remark = "")
{
    /// <summary>The columns of a table of figures.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["figure", "value", "unit", "at most", "holds", "remark"];

    /// <summary>Whether the bound holds; null where there is none. A value that is no number holds nothing.</summary>
    public bool? Holds => Bound is { } bound ? Value <= bound : null;

    /// <summary>The figure as a row of such a table.</summary>
    public IReadOnlyList<string> Row =>
        [Name, Text(Value), Unit, Bound is { } bound ? Text(bound) : "", Holds switch { true => "yes", false => "NO", null => "" }, Remark];

    /// <summary>A number for people: three or four digits that count.</summary>
    public static string Text(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1000 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0.#", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("0.##", CultureInfo.InvariantCulture),
        >= 0.001 => value.ToString("0.####", CultureInfo.InvariantCulture),
        _ => value.ToString("0.#E0", CultureInfo.InvariantCulture),
    };
}

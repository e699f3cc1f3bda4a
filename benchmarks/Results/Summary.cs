namespace AkidaQuant.Benchmarks.Results;

/// <summary>All figures that have a bound.</summary>
internal static class Summary
{
    private const string File = "README.md";

    /// <summary>Says which bounds do not hold.</summary>
    public static void Print(IReadOnlyList<Report> reports)
    {
        Figure[] bounded = [.. reports.SelectMany(report => report.Figures).Where(figure => figure.Bound is not null)];
        Figure[] missed = [.. bounded.Where(figure => figure.Holds == false)];
        string end = missed.Length > 0 ? ". Not these:" : ".";
        Console.WriteLine($"\n{bounded.Length - missed.Length} of {bounded.Length} bounds hold{end}");
        foreach (Figure figure in missed)
        {
            Console.WriteLine($"  {string.Join("  ", figure.Row.Where(cell => cell.Length > 0))}");
        }
    }

    /// <summary>Writes the page of a run of all parts.</summary>
    public static void Write(IReadOnlyList<Report> reports, string folder, Machine machine)
    {
        IEnumerable<string> sections = reports.Select(report =>
        {
            Table table = new(report.Title, Figure.Columns);
            table.Rows.AddRange(report.Figures.Where(figure => figure.Bound is not null).Select(figure => figure.Row));
            return $"## {report.Title}\n\n{table.Markdown()}\nAll of it: [{report.Part}.md]({report.Part}.md).\n";
        });
        System.IO.File.WriteAllText(
            Path.Combine(folder, File), $"# One run\n\n{machine.Markdown()}\n{string.Join('\n', sections)}");
    }
}

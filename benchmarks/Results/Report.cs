namespace AkidaQuant.Benchmarks.Results;

/// <summary>What a part of the benchmarks found, printed as it is found.</summary>
/// <param name="part">The name of the part, which its files bear.</param>
/// <param name="title">What the part is about.</param>
internal sealed class Report(string part, string title)
{
    private readonly List<Figure> _figures = [];
    private readonly List<Table> _tables = [];

    /// <summary>The name of the part.</summary>
    public string Part => part;

    /// <summary>What the part is about.</summary>
    public string Title => title;

    /// <summary>The figures in the order in which they were found.</summary>
    public IReadOnlyList<Figure> Figures => _figures;

    /// <summary>Adds a figure.</summary>
    public void Add(Figure figure)
    {
        _figures.Add(figure);
        Console.WriteLine($"  {string.Join("  ", figure.Row.Where(cell => cell.Length > 0))}");
    }

    /// <summary>Adds a table that is complete.</summary>
    public void Add(Table table)
    {
        _tables.Add(table);
        Console.WriteLine($"\n{table.Title}\n{table.Markdown()}");
    }

    /// <summary>The figures as a table.</summary>
    public Table FigureTable()
    {
        Table table = new("Figures", Figure.Columns);
        table.Rows.AddRange(_figures.Select(figure => figure.Row));
        return table;
    }

    /// <summary>Writes the part's page and its tables into a folder.</summary>
    public void Write(string folder, Machine machine)
    {
        Directory.CreateDirectory(folder);
        Table figures = FigureTable();
        IEnumerable<string> sections = _tables.Select(table => $"## {table.Title}\n\n{table.Markdown()}");
        File.WriteAllText(
            Path.Combine(folder, $"{part}.md"),
            $"# {title}\n\n{machine.Markdown()}\n{figures.Markdown()}\n{string.Join('\n', sections)}");
        File.WriteAllText(Path.Combine(folder, $"{part}.csv"), figures.Csv());
        for (int i = 0; i < _tables.Count; i++)
        {
            File.WriteAllText(Path.Combine(folder, $"{part}-{i + 1}.csv"), _tables[i].Csv());
        }
    }
}

using System.Text;

namespace AkidaQuant.Benchmarks.Results;

/// <summary>Rows of texts under a title.</summary>
/// <param name="Title">What the rows are.</param>
/// <param name="Columns">The heads of the columns.</param>
internal sealed record Table(string Title, IReadOnlyList<string> Columns)
{
    /// <summary>The rows, a text a column.</summary>
    public List<IReadOnlyList<string>> Rows { get; } = [];

    /// <summary>The table in Markdown, its columns aligned for those who read it as text.</summary>
    public string Markdown()
    {
        int[] widths = [.. Columns.Select((head, column) => Rows.Select(row => row[column].Length).Append(head.Length).Max())];
        StringBuilder text = new();
        AppendRow(Columns);
        AppendRow([.. widths.Select(width => new string('-', width))]);
        Rows.ForEach(AppendRow);
        return text.ToString();

        void AppendRow(IReadOnlyList<string> row) =>
            text.Append("| ").AppendJoin(" | ", row.Select((cell, column) => cell.PadRight(widths[column]))).Append(" |\n");
    }

    /// <summary>The table as comma-separated values.</summary>
    public string Csv() => string.Concat(Rows.Prepend(Columns).Select(row => string.Join(',', row.Select(Quoted)) + "\n"));

    private static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny(",\"\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}

using System.Text;

namespace AkidaQuant.Akida;

/// <summary>Lays out the tables of Akida summaries: cells padded to their column, rules, centred titles (akida-model.md 3.6).</summary>
internal sealed class TextTable
{
    private const int Gap = 2;

    private readonly string[] _header;
    private readonly List<string[]> _rows = [];
    private readonly List<(int Row, string Label)> _bars = [];
    private readonly int[] _widths;

    /// <summary>A table with a header and no rows.</summary>
    public TextTable(params string[] header)
    {
        _header = header;
        _widths = Array.ConvertAll(header, cell => cell.Length);
    }

    /// <summary>Adds a row.</summary>
    public void Add(params string[] cells)
    {
        _rows.Add(cells);
        for (int c = 0; c < cells.Length; c++)
        {
            _widths[c] = Math.Max(_widths[c], cells[c].Length);
        }
    }

    private int Length => _widths.Sum() + (Gap * _widths.Length);

    /// <summary>A table with its rows together.</summary>
    /// <param name="text">Takes the text.</param>
    /// <param name="title">The title; null for none.</param>
    /// <param name="isRuled">Whether a rule stands under each row, not under the last alone.</param>
    public void WritePlain(StringBuilder text, string? title, bool isRuled = false)
    {
        if (title is not null)
        {
            int left = Math.Max(Length - title.Length, 0) / 2;
            Line(text, (new string(' ', left) + title).PadRight(Length));
        }

        Rule(text, '_');
        Row(text, _header);
        Rule(text, '=');
        foreach ((int index, string[] row) in _rows.Index())
        {
            Row(text, row);
            if (isRuled || index == _rows.Count - 1)
            {
                Rule(text, '_');
            }
        }
    }

    /// <summary>Puts a bar above the rows that are added next.</summary>
    public void AddBar(string label) => _bars.Add((_rows.Count, label));

    /// <summary>A table with its bars between the rows and a rule under each row.</summary>
    public void WriteBarred(StringBuilder text)
    {
        Rule(text, '_');
        Row(text, _header);
        foreach ((int index, string[] row) in _rows.Index())
        {
            _bars.Where(bar => bar.Row == index).ToList().ForEach(bar => Bar(text, bar.Label));
            Row(text, row);
            Rule(text, '_');
        }

        _bars.Where(bar => bar.Row == _rows.Count).ToList().ForEach(bar => Bar(text, bar.Label));
    }

    private void Bar(StringBuilder text, string label)
    {
        string bar = $" {label} ";
        int padding = Math.Max(Length - bar.Length, 0);
        Line(text, string.Empty);
        Line(text, new string('=', (padding + 1) / 2) + bar + new string('=', padding / 2));
        Line(text, string.Empty);
    }

    private void Rule(StringBuilder text, char character) => Line(text, new string(character, Length));

    private void Row(StringBuilder text, string[] cells) =>
        Line(text, string.Join(new string(' ', Gap), cells.Select((cell, c) => cell.PadRight(_widths[c]))));

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}

using System.Text;

namespace AkidaQuant.Akida;

/// <summary>Lays out the tables of Akida summaries: cells padded to their column, rules, centred titles (akida-model.md 3.6).</summary>
internal sealed class TextTable
{
    private const int Gap = 2;

    private readonly string[] _header;
    private readonly List<string[]> _rows = [];
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

    /// <summary>A table with a title and its rows together.</summary>
    public void WritePlain(StringBuilder text, string title)
    {
        int left = Math.Max(Length - title.Length, 0) / 2;
        Line(text, (new string(' ', left) + title).PadRight(Length));
        Rule(text, '_');
        Row(text, _header);
        Rule(text, '=');
        _rows.ForEach(row => Row(text, row));
        Rule(text, '_');
    }

    /// <summary>A table with a bar above its rows and a rule under each.</summary>
    public void WriteBarred(StringBuilder text, string label)
    {
        Rule(text, '_');
        Row(text, _header);
        string bar = $" {label} ";
        int padding = Math.Max(Length - bar.Length, 0);
        Line(text, string.Empty);
        Line(text, new string('=', (padding + 1) / 2) + bar + new string('=', padding / 2));
        Line(text, string.Empty);
        foreach (string[] row in _rows)
        {
            Row(text, row);
            Rule(text, '_');
        }
    }

    private void Rule(StringBuilder text, char character) => Line(text, new string(character, Length));

    private void Row(StringBuilder text, string[] cells) =>
        Line(text, string.Join(new string(' ', Gap), cells.Select((cell, c) => cell.PadRight(_widths[c]))));

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}

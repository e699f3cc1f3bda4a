using System.Globalization;

namespace AkidaQuant.Formats.Samples;

/// <summary>What the columns of a table are.</summary>
/// <param name="Columns">The number of columns.</param>
/// <param name="HasHeader">Whether the first record names them.</param>
/// <param name="LabelColumn">The column of labels, -1 for none.</param>
internal sealed record TableLayout(int Columns, bool HasHeader, int LabelColumn)
{
    private static readonly string[] UsualLabels = ["label", "labels", "y", "class", "target", "targets"];

    /// <summary>The values of a sample.</summary>
    public int ValueCount => Columns - (LabelColumn >= 0 ? 1 : 0);

    /// <summary>Finds out from the first record.</summary>
    /// <param name="first">The first record.</param>
    /// <param name="labelName">The column of labels by name or number; null to look for a usual name.</param>
    /// <param name="hasHeader">Whether the record names columns; null when it does if a value is no number.</param>
    /// <param name="path">The file, for errors.</param>
    /// <returns>The layout; null when there is no such column.</returns>
    /// <exception cref="QuantException"><c>ArrayNotFound</c>: the column of labels.</exception>
    public static TableLayout? Find(string[] first, string? labelName, bool? hasHeader, string path)
    {
        int byNumber = Number(labelName, first.Length);
        int byName = hasHeader == false ? -1 : Name(first, labelName);
        bool header = hasHeader ?? (byName >= 0 || first.Where((_, column) => column != byNumber).Any(text => !IsNumber(text)));
        if (labelName is null)
        {
            return new TableLayout(first.Length, header, header ? Array.FindIndex(first, text => UsualLabels.Contains(text, StringComparer.OrdinalIgnoreCase)) : -1);
        }

        int column = byName >= 0 ? byName : byNumber;
        return column < 0 ? null : new TableLayout(first.Length, header, column);
    }

    private static int Name(string[] first, string? name) => name is null ? -1
        : Array.IndexOf(first, name) is var exact and >= 0 ? exact
        : Array.FindIndex(first, text => text.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static int Number(string? name, int columns) =>
        int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= -columns && number < columns
            ? number + (number < 0 ? columns : 0)
            : -1;

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}

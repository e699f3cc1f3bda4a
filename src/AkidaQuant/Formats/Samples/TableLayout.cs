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
    /// <returns>The layout; null when there is no such column.</returns>
    public static TableLayout? Find(string[] first, string? labelName, bool? hasHeader)
    {
        int byNumber = Number(labelName, first.Length);
        bool hasText = first.Where((_, column) => column != byNumber).Any(text => !IsNumber(text));
        bool isNamed = labelName is not null && !IsNumber(labelName) && Name(first, labelName) >= 0;
        bool header = hasHeader ?? (hasText || isNamed);
        int byName = header ? Name(first, labelName) : -1;
        if (labelName is null)
        {
            return new TableLayout(
                first.Length,
                header,
                header ? Array.FindIndex(first, text => UsualLabels.Contains(text, StringComparer.OrdinalIgnoreCase)) : -1);
        }

        int column = byName >= 0 ? byName : byNumber;
        return column < 0 ? null : new TableLayout(first.Length, header, column);
    }

    private static int Name(string[] first, string? name) => name is null ? -1
        : Array.IndexOf(first, name) is var exact and >= 0 ? exact
        : Array.FindIndex(first, text => text.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static int Number(string? name, int columns) =>
        int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
        && number >= -columns
        && number < columns
            ? number + (number < 0 ? columns : 0)
            : -1;

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}

using System.Globalization;
using System.Text;

namespace AkidaQuant.Analysis;

/// <summary>How often samples of each class were taken for each class.</summary>
public sealed class ConfusionMatrix
{
    private readonly int[,] _counts;

    /// <summary>A matrix of zeros for <paramref name="classes"/> classes.</summary>
    public ConfusionMatrix(int classes) => _counts = new int[classes, classes];

    /// <summary>The number of classes.</summary>
    public int Classes => _counts.GetLength(0);

    /// <summary>The number of samples of class <paramref name="label"/> that were taken for <paramref name="predicted"/>.</summary>
    public int this[int label, int predicted] => _counts[label, predicted];

    /// <summary>One row a class: what its samples were taken for.</summary>
    public ValueList<ConfusionRow> Rows
    {
        get
        {
            var rows = new ConfusionRow[Classes];
            for (int label = 0; label < rows.Length; label++)
            {
                int[] predicted = new int[Classes];
                for (int i = 0; i < Classes; i++)
                {
                    predicted[i] = _counts[label, i];
                }

                rows[label] = new ConfusionRow(label, predicted.Sum(), predicted[label], predicted);
            }

            return rows;
        }
    }

    /// <summary>Correct samples, all samples and classes, which fits in a column: <c>95 of 100 in 10 classes</c>.</summary>
    public override string ToString()
    {
        int correct = Enumerable.Range(0, Classes).Sum(label => _counts[label, label]);
        return string.Create(CultureInfo.InvariantCulture, $"{correct} of {_counts.Cast<int>().Sum()} in {Classes} classes");
    }

    /// <summary>The matrix as a table: labels down, predictions across, <c>.</c> where there are none.</summary>
    public string ToTable()
    {
        int width = Math.Max(_counts.Cast<int>().Max(), Classes - 1).ToString(CultureInfo.InvariantCulture).Length + 1;
        int labelWidth = Math.Max((Classes - 1).ToString(CultureInfo.InvariantCulture).Length, "label".Length);
        StringBuilder text = new();
        text.Append("label".PadLeft(labelWidth)).Append(" |");
        for (int predicted = 0; predicted < Classes; predicted++)
        {
            text.Append(predicted.ToString(CultureInfo.InvariantCulture).PadLeft(width));
        }

        text.Append('\n').Append('-', labelWidth + 1).Append('+').Append('-', width * Classes).Append('\n');
        foreach (ConfusionRow row in Rows)
        {
            text.Append(row.Label.ToString(CultureInfo.InvariantCulture).PadLeft(labelWidth)).Append(" |");
            foreach (int count in row.Predicted)
            {
                text.Append((count == 0 ? "." : count.ToString(CultureInfo.InvariantCulture)).PadLeft(width));
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    internal void Add(int label, int predicted) => _counts[label, predicted]++;
}

/// <summary>What the samples of one class were taken for.</summary>
/// <param name="Label">The class.</param>
/// <param name="Count">The number of its samples.</param>
/// <param name="Correct">Those that were recognized.</param>
/// <param name="Predicted">The number of samples taken for each class.</param>
public sealed record ConfusionRow(int Label, int Count, int Correct, ValueList<int> Predicted)
{
    /// <summary>The class and how often it was recognized: <c>7: 93 of 100</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Label}: {Correct} of {Count}");
}

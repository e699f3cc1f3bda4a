using System.Globalization;
using System.Numerics;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Samples;

/// <summary>
/// Reads samples from a table, one a line. The file is read twice: to find the narrowest type that holds all values
/// exactly, or float32 for fractions, and to fill an array of the right size.
/// </summary>
internal static class TableSamples
{
    /// <summary>The samples, each a row of values, with the labels of a column.</summary>
    /// <exception cref="QuantException">
    /// <c>TableInvalid</c>, <c>ArrayNotFound</c>, <c>SampleSetTooLarge</c>, or what is wrong with the file.
    /// </exception>
    public static SampleSet Read(string path, SampleReadOptions options)
    {
        if (options.Name is { } name)
        {
            throw new QuantException(
                "ArrayNotFound",
                QuantErrorKind.InvalidArgument,
                $"All columns of the table '{path}' but the labels are the samples, so there is no array '{name}' in it. Leave the name out.",
                path);
        }

        ClassLabels labels = new();
        (TableLayout layout, int count, string type) = Survey(path, options, labels);
        long size = (long)count * layout.ValueCount;
        if (size > Array.MaxLength)
        {
            throw new QuantException(
                "SampleSetTooLarge",
                QuantErrorKind.NotSupported,
                $"The table '{path}' holds {size} values, more than fit in memory. Split it, or save it as a .npy file.",
                path);
        }

        Shape shape = new(layout.ValueCount);
        SampleValues values = type switch
        {
            "uint8" => new MemoryValues<byte>(Fill<byte>(path, options, layout, (int)size), type),
            "float32" => new MemoryValues<float>(Fill<float>(path, options, layout, (int)size), type),
            _ => new MemoryValues<double>(Fill<double>(path, options, layout, (int)size), type),
        };
        var samples = SampleSet.Create(values, count, shape, null, null, path);
        if (layout.LabelColumn < 0)
        {
            return options.LabelName is null ? samples : LabelFile.Apply(samples, path, options);
        }

        int[] numbers = labels.ToLabels(out string[]? classes);
        return samples.WithLabels(numbers, classes);
    }

    /// <summary>The texts of the first line.</summary>
    public static IReadOnlyList<string> Names(string path)
    {
        using TableReader reader = TableReader.Open(path, null);
        return reader.Read() ? Texts(reader) : [];
    }

    private static (TableLayout Layout, int Count, string Type) Survey(string path, SampleReadOptions options, ClassLabels labels)
    {
        using TableReader reader = TableReader.Open(path, options.Delimiter, options.Cancellation);
        TableLayout? layout = null;
        int count = 0;
        bool areBytes = true;
        bool areSingles = true;
        while (reader.Read())
        {
            if (layout is null)
            {
                layout = FindLayout(reader, path, options);
                if (layout.HasHeader)
                {
                    continue;
                }
            }

            RequireColumns(reader, layout);
            for (int column = 0; column < layout.Columns; column++)
            {
                if (column == layout.LabelColumn)
                {
                    labels.Add(
                        reader.Field(column).IsEmpty
                            ? throw reader.Invalid("has no label. Add it, or remove the line.")
                            : reader.Field(column));
                    continue;
                }

                double value = Value(reader, column);
                bool isInteger = value == Math.Floor(value);
                areBytes &= isInteger && value is >= 0 and <= byte.MaxValue;
                areSingles &= !isInteger || (float)value == value;
            }

            count++;
        }

        return layout is not null && count > 0
            ? (layout, count, areBytes ? "uint8" : areSingles ? "float32" : "float64")
            : throw new QuantException("SampleSetEmpty", QuantErrorKind.InvalidData, $"There are no samples in {path}.", path);
    }

    private static TableLayout FindLayout(TableReader reader, string path, SampleReadOptions options)
    {
        string[] first = Texts(reader);
        TableLayout layout = TableLayout.Find(first, options.LabelName, options.HasHeader)
            ?? (
                options.LabelPath is not null
                    ? TableLayout.Find(first, null, options.HasHeader)! with
                    {
                        LabelColumn = -1,
                    }
                    : throw new QuantException(
                        "ArrayNotFound",
                        QuantErrorKind.NotFound,
                        $"The table '{path}' has no column '{options.LabelName}'. Its {first.Length} columns are numbered from 0, and its first line is {Listing.Of(first.Select(text => $"'{text}'"), $"'{options.LabelName}'")}.",
                        path));
        return layout.ValueCount > 0 ? layout : throw reader.Invalid("has a label only. Add the values of the sample.");
    }

    private static string[] Texts(TableReader reader)
    {
        string[] texts = new string[reader.FieldCount];
        for (int column = 0; column < texts.Length; column++)
        {
            texts[column] = reader.Field(column).ToString();
        }

        return texts;
    }

    private static T[] Fill<T>(string path, SampleReadOptions options, TableLayout layout, int size)
        where T : INumber<T>
    {
        T[] values = new T[size];
        int position = 0;
        using TableReader reader = TableReader.Open(path, options.Delimiter, options.Cancellation);
        bool isFirst = true;
        while (reader.Read())
        {
            if (isFirst && layout.HasHeader)
            {
                isFirst = false;
                continue;
            }

            isFirst = false;
            RequireColumns(reader, layout);
            for (int column = 0; column < layout.Columns; column++)
            {
                if (column != layout.LabelColumn)
                {
                    if (position == size)
                    {
                        throw reader.Invalid("was written while the file was read. Read it again.");
                    }

                    values[position++] = T.CreateSaturating(Value(reader, column));
                }
            }
        }

        return position == size ? values : throw reader.Invalid("was the last one when the file was read again. Read it again.");
    }

    private static void RequireColumns(TableReader reader, TableLayout layout)
    {
        if (reader.FieldCount != layout.Columns)
        {
            throw reader.Invalid(
                $"has {reader.FieldCount} columns, but the first has {layout.Columns}. Every line must have as many; check the delimiter.");
        }
    }

    private static double Value(TableReader reader, int column)
    {
        ReadOnlySpan<char> text = reader.Field(column);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : throw reader.Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"holds '{(text.Length > 40 ? $"{text[..40]}…" : text.ToString())}' in its column {column}, which is not a finite number. Numbers have a point before their fraction; say which column holds the labels if it is this one."));
    }
}

using AkidaQuant.Formats.Npz;

namespace AkidaQuant.Formats.Samples;

/// <summary>
/// Reads labels from a file of their own: <c>.npy</c>, <c>.npz</c>, IDX, or a table whose lines are a label each, or the
/// name of a sample and its label.
/// </summary>
internal static class LabelFile
{
    /// <summary>Gives samples the labels of the file that the options name.</summary>
    /// <param name="samples">All samples of their file.</param>
    /// <param name="path">The file or folder of the samples.</param>
    /// <param name="options">Where the labels are.</param>
    public static SampleSet Apply(SampleSet samples, string path, SampleReadOptions options)
    {
        string file = Find(path, options);
        (int[] labels, string[]? classes) = Read(file, samples.Count, samples.Names, options);
        return samples.WithLabels(labels, classes, file);
    }

    /// <summary>The label file of the options: where they say, or beside the samples.</summary>
    public static string Find(string path, SampleReadOptions options) =>
        options.LabelPath ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path)) ?? string.Empty, options.LabelName!);

    /// <summary>Reads the labels of samples.</summary>
    /// <param name="path">The label file.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="names">The names of the samples, null when they have none.</param>
    /// <param name="options">How to read tables.</param>
    /// <exception cref="QuantException">
    /// <c>LabelFileInvalid</c>, <c>LabelsInvalid</c>, <c>LabelMissing</c>, or what is wrong with the file.
    /// </exception>
    public static (int[] Labels, string[]? Classes) Read(string path, int count, string[]? names, SampleReadOptions options)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".npy":
                return (LabelArray.Read(path, "labels", NpyReader.Read(path, options.Cancellation)), null);
            case ".npz":
                using (NpzReader archive = NpzReader.Open(path, options.Cancellation))
                {
                    string name = archive.Names.Count == 1 ? archive.Names[0] : LabelArray.Partner(archive.Names, string.Empty) ?? "labels";
                    return (LabelArray.Read(path, name, archive.Read(name)), null);
                }

            case ".csv" or ".tsv" or ".txt":
                return ReadTable(path, count, names, options);
            default:
                return IdxFile.IsNamed(path)
                    ? (LabelArray.Read(path, "labels", IdxFile.ReadLabels(path, options.Cancellation)), null)
                    : throw new QuantException(
                        "LabelFileInvalid",
                        QuantErrorKind.NotSupported,
                        $"Labels cannot be read from '{path}'. Give an array of the sample file, or a .npy, .npz, .csv, .tsv, .txt or IDX file.",
                        path);
        }
    }

    private static (int[] Labels, string[]? Classes) ReadTable(string path, int count, string[]? names, SampleReadOptions options)
    {
        List<string[]> rows = [];
        using (TableReader reader = TableReader.Open(path, options.Delimiter, options.Cancellation))
        {
            while (reader.Read())
            {
                string[] row = new string[reader.FieldCount];
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = reader.Field(i).ToString();
                }

                if (row.Length > 2 || (rows.Count > 0 && rows[0].Length != row.Length))
                {
                    throw new QuantException(
                        "LabelFileInvalid",
                        QuantErrorKind.InvalidData,
                        $"Line {reader.Line} of the label file '{path}' has {row.Length} columns. Each line is a label, or the name of a sample and its label.",
                        path);
                }

                rows.Add(row);
            }
        }

        bool hasHeader = options.HasHeader ?? IsHeader(rows, count, names);
        return Collect(path, hasHeader ? rows[1..] : rows, names);
    }

    private static bool IsHeader(List<string[]> rows, int count, string[]? names) => rows switch
    {
        [] => false,
        [[_], ..] => rows.Count == count + 1 && !ClassLabels.TryParse(rows[0][0], out _),
        _ => names is not null && !Names(names).ContainsKey(rows[0][0]),
    };

    private static (int[] Labels, string[]? Classes) Collect(string path, List<string[]> rows, string[]? names)
    {
        ClassLabels labels = new();
        if (rows is [] or [[_], ..])
        {
            rows.ForEach(row => labels.Add(row[0]));
            return (labels.ToLabels(out string[]? ordered), ordered);
        }

        if (names is null)
        {
            throw new QuantException(
                "LabelFileInvalid",
                QuantErrorKind.InvalidData,
                $"The label file '{path}' has two columns, but the samples have no names to find. Give one label a line, in the order of the samples.",
                path);
        }

        Dictionary<string, int> positions = Names(names);
        string?[] texts = new string?[names.Length];
        foreach (string[] row in rows)
        {
            if (positions.TryGetValue(row[0].Replace('\\', '/'), out int position) && position >= 0)
            {
                texts[position] = row[1];
            }
        }

        for (int i = 0; i < texts.Length; i++)
        {
            labels.Add(
                texts[i]
                    ?? throw new QuantException(
                        "LabelMissing",
                        QuantErrorKind.InvalidData,
                        $"The label file '{path}' has no line for the sample '{names[i]}'. Add one, or take the sample away.",
                        path));
        }

        return (labels.ToLabels(out string[]? classes), classes);
    }

    /// <summary>Positions by whole name, and by the name without folders where that says enough.</summary>
    private static Dictionary<string, int> Names(string[] names)
    {
        Dictionary<string, int> positions = new(StringComparer.Ordinal);
        foreach (
            IGrouping<string, int> group in Enumerable
                .Range(0, names.Length)
                .GroupBy(i => names[i][(names[i].LastIndexOf('/') + 1)..], StringComparer.Ordinal))
        {
            if (group.Count() == 1)
            {
                positions[group.Key] = group.First();
            }
        }

        for (int i = 0; i < names.Length; i++)
        {
            positions[names[i]] = i;
        }

        return positions;
    }
}

using AkidaQuant.Text;

namespace AkidaQuant.Formats.AkidaFiles;

/// <summary>A dictionary of a manifest, whose errors say where it stands.</summary>
/// <param name="Path">The file.</param>
/// <param name="Place">Where in the manifest it stands, as the beginning of a sentence about it.</param>
/// <param name="Entries">What it holds.</param>
internal sealed record ManifestMap(string Path, string Place, PythonMap Entries)
{
    /// <summary>A dictionary that may have some entries and no others.</summary>
    /// <exception cref="QuantException"><c>AkidaFileInvalid</c>: it is none, or has another entry.</exception>
    public static ManifestMap Of(string path, string place, object? value, params IEnumerable<string> keys)
    {
        PythonMap map = value as PythonMap ?? throw Invalid(path, $"{place} is no dictionary");
        return map.Keys.Except(keys).FirstOrDefault() is { } unknown
            ? throw Invalid(path, $"{place} has the unknown entry '{unknown}'")
            : new ManifestMap(path, place, map);
    }

    /// <summary>The error of a manifest that is not one.</summary>
    public static QuantException Invalid(string path, string problem, Exception? inner = null) =>
        new(
            "AkidaFileInvalid",
            QuantErrorKind.InvalidData,
            $"The file '{path}' holds no valid Akida model: {problem}. Write the model again with Export-AkidaModel.",
            path,
            inner);

    /// <summary>The error of this dictionary.</summary>
    public QuantException Invalid(string problem) => Invalid(Path, $"{Place} {problem}");

    /// <summary>An entry.</summary>
    public object? Value(string key) =>
        Entries.TryGetValue(key, out object? value) ? value : throw Invalid($"has no '{key}'");

    /// <summary>An entry that is text.</summary>
    public string Text(string key) => Value(key) as string ?? throw Invalid($"has no text as its '{key}'");

    /// <summary>An entry that is true or false.</summary>
    public bool Flag(string key) => Value(key) as bool? ?? throw Invalid($"has neither true nor false as its '{key}'");

    /// <summary>An entry that is a list.</summary>
    public PythonList List(string key) => Value(key) as PythonList ?? throw Invalid($"has no list as its '{key}'");

    /// <summary>An entry that is a list of texts.</summary>
    public string[] Texts(string key) =>
        [.. List(key).Select(item => item as string ?? throw Invalid($"has something else than texts in its '{key}'"))];

    /// <summary>An entry that is a list of whole numbers.</summary>
    public int[] Numbers(string key) => Whole(Value(key)) ?? throw Invalid($"has no list of whole numbers as its '{key}'");

    /// <summary>A list of whole numbers; null where it is none.</summary>
    public static int[]? Whole(object? value) =>
        value is PythonList list && list.TrueForAll(item => item is long and >= int.MinValue and <= int.MaxValue)
            ? [.. list.Select(item => (int)(long)item!)]
            : null;
}

namespace AkidaQuant.Formats.Keras;

/// <summary>What an HDF5 attribute of Keras files holds (tools.md 4.1).</summary>
internal abstract record Hdf5Attribute(string Name);

/// <summary>A text of any length.</summary>
internal sealed record Hdf5Text(string Name, string Value, bool IsUtf8 = false) : Hdf5Attribute(Name);

/// <summary>A list of texts, each of any length; an empty one is written as numbers, as Keras does.</summary>
internal sealed record Hdf5Texts(string Name, IReadOnlyList<string> Values) : Hdf5Attribute(Name);

/// <summary>A list of texts in fields of the same size.</summary>
internal sealed record Hdf5FixedTexts(string Name, IReadOnlyList<byte[]> Values, int FieldSize) : Hdf5Attribute(Name);

/// <summary>A group of an HDF5 file to be written.</summary>
internal sealed class Hdf5Group
{
    private const int MaxDepth = 64;

    // Links are looked up by the bytes of their names.
    private readonly SortedDictionary<string, object> _children = new(Comparer<string>.Create((left, right) =>
        Hdf5Names.Bytes(left).AsSpan().SequenceCompareTo(Hdf5Names.Bytes(right))));

    /// <summary>The attributes.</summary>
    public List<Hdf5Attribute> Attributes { get; } = [];

    /// <summary>Groups and arrays of float32 by name, in the order of their bytes.</summary>
    public IReadOnlyDictionary<string, object> Children => _children;

    /// <summary>The group at a path below this one, made where it does not exist.</summary>
    /// <exception cref="QuantException"><c>LayerNameUnusable</c>: an array is in the way, or the path is nested too deep.</exception>
    public Hdf5Group Group(string path)
    {
        string[] names = Split(path);
        Hdf5Group group = this;
        foreach (string name in names)
        {
            if (!group._children.TryGetValue(name, out object? child))
            {
                child = new Hdf5Group();
                group._children.Add(name, child);
            }

            group = child as Hdf5Group ?? throw Unusable(path, "an array has a part of it as its name");
        }

        return group;
    }

    /// <summary>Puts an array at a path below this group.</summary>
    /// <exception cref="QuantException"><c>LayerNameUnusable</c>: something is there already, or the path is nested too deep.</exception>
    public void Add(string path, NdArray<float> values)
    {
        string[] names = Split(path);
        if (names.Length == 0 || !Group(string.Join('/', names[..^1]))._children.TryAdd(names[^1], values))
        {
            throw Unusable(path, "something else has that name");
        }
    }

    private static string[] Split(string path)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return names.Length <= MaxDepth ? names : throw Unusable(path, $"it has more than {MaxDepth} parts between slashes");
    }

    private static QuantException Unusable(string path, string problem) => new(
        "LayerNameUnusable", QuantErrorKind.NotSupported, $"Weights cannot be stored under '{path}': {problem}. Rename the layer.", path);
}

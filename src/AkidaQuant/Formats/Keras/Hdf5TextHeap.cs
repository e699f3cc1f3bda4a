namespace AkidaQuant.Formats.Keras;

/// <summary>The texts of attributes, kept in collections outside of them (tools.md 4.3).</summary>
internal sealed class Hdf5TextHeap
{
    private const int CollectionHeader = 16;
    private const int ObjectHeader = 16;
    private const int LeastCollection = 4096;
    private const int MaxObjects = ushort.MaxValue;

    private readonly List<List<byte[]>> _collections = [];
    private readonly List<int> _sizes = [];
    private readonly List<ulong> _addresses = [];
    private readonly Dictionary<string, (int Collection, int Index, int Length)> _places = new(StringComparer.Ordinal);

    /// <summary>Takes over the texts of a group's attributes and of all that is below it.</summary>
    public Hdf5TextHeap(Hdf5Group root) => AddAll(root);

    /// <summary>Gives the collections one after the other; each goes to the address that is returned for it.</summary>
    public void Write(Func<byte[], ulong> write)
    {
        foreach (List<byte[]> collection in _collections)
        {
            _addresses.Add(write(Collection(collection)));
        }
    }

    /// <summary>The reference to a text, once the collections are written.</summary>
    public byte[] Reference(string text)
    {
        (int collection, int index, int length) = _places[text];
        return new Hdf5Buffer().UInt32(length).UInt64(_addresses[collection]).UInt32(index).ToArray();
    }

    private static int ObjectSize(byte[] text) => ObjectHeader + ((text.Length + 7) & ~7);

    private static byte[] Collection(List<byte[]> texts)
    {
        int used = CollectionHeader + texts.Sum(ObjectSize);
        int size = Math.Max(LeastCollection, used + ObjectHeader);
        Hdf5Buffer collection = new Hdf5Buffer().Bytes("GCOL"u8).Bytes(1, 0, 0, 0).UInt64((ulong)size);
        for (int i = 0; i < texts.Count; i++)
        {
            collection.UInt16(i + 1).UInt16(0).UInt32(0).UInt64((ulong)texts[i].Length).Bytes(texts[i]).Pad();
        }

        return collection.Zeros(8).UInt64((ulong)(size - used)).Zeros(size - used - ObjectHeader).ToArray();
    }

    private void AddAll(Hdf5Group group)
    {
        foreach (Hdf5Attribute attribute in group.Attributes)
        {
            foreach (string text in attribute is Hdf5Text single ? [single.Value] : attribute is Hdf5Texts list ? list.Values : [])
            {
                Add(text);
            }
        }

        foreach (Hdf5Group child in group.Children.Values.OfType<Hdf5Group>())
        {
            AddAll(child);
        }
    }

    private void Add(string text)
    {
        if (_places.ContainsKey(text))
        {
            return;
        }

        byte[] bytes = Hdf5Names.Bytes(text);
        int size = ObjectSize(bytes);
        if (_collections.Count == 0 || _collections[^1].Count == MaxObjects || _sizes[^1] + size > LeastCollection)
        {
            _collections.Add([]);
            _sizes.Add(CollectionHeader + ObjectHeader);
        }

        _collections[^1].Add(bytes);
        _sizes[^1] += size;
        _places.Add(text, (_collections.Count - 1, _collections[^1].Count, bytes.Length));
    }
}

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Brings groups that keep their names in a table into the form of those whose description lists their links: for each name of a table the
/// library reads all of them again, so that many take the square of their number.
/// </summary>
internal sealed class Hdf5NameTables(Hdf5Bytes bytes, Hdf5Patches patches)
{
    private const int MessagePrefix = 8;
    private const int LinkInfoMessage = 0x02;
    private const int LinkMessage = 0x06;
    private const int ContinuationMessage = 0x10;
    private const int HeapHeader = 32;
    private const int TreePair = 16;
    private const int TableHeader = 8;
    private const int EntrySize = 40;

    private readonly HashSet<int> _nodes = [];
    private readonly Dictionary<(ulong Tree, ulong Heap), byte[]> _places = [];

    /// <summary>Changes the description of a group.</summary>
    /// <param name="message">Where the part of it starts that names its table.</param>
    /// <param name="tree">The address of the tree of its table.</param>
    /// <param name="heap">The address of the heap of its names.</param>
    public void Rewrite(int message, ulong tree, ulong heap)
    {
        if (!bytes.HasSignature(bytes.Position(tree), "TREE"u8, Hdf5BTrees.HeaderSize)
            || !bytes.HasSignature(bytes.Position(heap), "HEAP"u8, HeapHeader))
        {
            return;
        }

        if (!_places.TryGetValue((tree, heap), out byte[]? place))
        {
            _places[(tree, heap)] = place = Links(tree, heap) is { } links
                ? new Hdf5Buffer().UInt64(bytes.Address(patches.Append(links))).UInt64((ulong)links.Length).ToArray()
                : [];
        }

        if (place.Length == 0)
        {
            // Whoever looks for something in a group with a broken table learns of it; others need not.
            patches.Set(message + MessagePrefix, new Hdf5Buffer().UInt64(Hdf5Buffer.NoAddress).UInt64(Hdf5Buffer.NoAddress).ToArray());
            return;
        }

        patches.Set(message, new Hdf5Buffer().UInt16(ContinuationMessage).ToArray());
        patches.Set(message + MessagePrefix, place);
    }

    /// <summary>The links of a table as parts of a description; null where it is broken.</summary>
    private byte[]? Links(ulong tree, ulong heap)
    {
        int at = bytes.Position(heap);
        int names = bytes.Position(bytes.UInt64(at + 24));
        ulong size = bytes.UInt64(at + 8);
        Hdf5Buffer links = new Hdf5Buffer().UInt16(LinkInfoMessage).UInt16(24).UInt32(0)
            .UInt16(0).UInt64(Hdf5Buffer.NoAddress).UInt64(Hdf5Buffer.NoAddress).Pad();
        return names >= 0 && size <= (ulong)(bytes.Length - names)
            && AddTree(links, bytes.Position(tree), new Names(names, (int)size))
            ? links.ToArray()
            : null;
    }

    private bool AddTree(Hdf5Buffer links, int node, Names names)
    {
        if (!bytes.HasSignature(node, "TREE"u8, Hdf5BTrees.HeaderSize) || !_nodes.Add(node))
        {
            return false;
        }

        int level = bytes.Span[node + 5];
        int count = bytes.UInt16(node + 6);
        if (!bytes.Has(node, Hdf5BTrees.HeaderSize + (count * TreePair) + 8))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            int child = bytes.Position(bytes.UInt64(node + Hdf5BTrees.HeaderSize + 8 + (i * TreePair)));
            if (level == 0 ? !AddTable(links, child, names) : !IsLevel(child, level - 1) || !AddTree(links, child, names))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsLevel(int node, int level) => bytes.HasSignature(node, "TREE"u8, Hdf5BTrees.HeaderSize) && bytes.Span[node + 5] == level;

    private bool AddTable(Hdf5Buffer links, int table, Names names)
    {
        if (!bytes.HasSignature(table, "SNOD\x01"u8, TableHeader) || !_nodes.Add(table))
        {
            return false;
        }

        int count = bytes.UInt16(table + 6);
        if (!bytes.Has(table, TableHeader + ((long)count * EntrySize)))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            int entry = table + TableHeader + (i * EntrySize);
            if (!AddLink(links, bytes.UInt64(entry), bytes.UInt64(entry + 8), names))
            {
                return false;
            }
        }

        return true;
    }

    private bool AddLink(Hdf5Buffer links, ulong nameAt, ulong address, Names names)
    {
        const int Fixed = 12;
        ReadOnlySpan<byte> heap = bytes.Span.Slice(names.Start, names.Size);
        int length = nameAt < (ulong)heap.Length ? heap[(int)nameAt..].IndexOf((byte)0) : -1;
        int size = (Fixed + length + 7) & ~7;

        // Names never overlap, so all of them together are not longer than what holds them.
        if (length < 0 || size > ushort.MaxValue || address == Hdf5Buffer.NoAddress || !names.Take(length + 1))
        {
            return false;
        }

        links.UInt16(LinkMessage).UInt16(size).UInt32(0)
            .Bytes(1, 1).UInt16(length).Bytes(heap.Slice((int)nameAt, length)).UInt64(address).Pad();
        return true;
    }

    /// <summary>Where names are, and how much of that place is not taken by them.</summary>
    private sealed class Names(int start, int size)
    {
        private int _left = size;

        public int Start { get; } = start;

        public int Size { get; } = size;

        public bool Take(int length) => (_left -= length) >= 0;
    }
}

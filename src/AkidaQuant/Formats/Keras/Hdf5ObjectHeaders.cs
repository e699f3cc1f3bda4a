using System.Buffers.Binary;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Checks the descriptions of the objects of an HDF5 file: that no continuation leads back, and that there is
/// nothing in them that Keras never writes and a reader would have to follow elsewhere.
/// </summary>
internal sealed class Hdf5ObjectHeaders(Hdf5Bytes bytes, Hdf5Patches patches, Hdf5TextSizes texts, long mostChunked)
{
    private const int MaxBlocks = 1000;
    private const int SymbolTable = 0x11;
    private const int TableAddresses = 16;

    /// <summary>The size of each description that was looked at.</summary>
    private readonly Dictionary<int, long> _sizes = [];
    private readonly Dictionary<int, int> _links = [];
    private readonly Queue<int> _linked = [];
    private readonly List<(int Message, ulong Tree, ulong Heap)> _tables = [];
    private readonly Hdf5ChunkTrees _chunkTrees = new(bytes);
    private readonly HashSet<int> _heapLinks = [];
    private ILookup<int, int>? _heapBlocks;

    /// <summary>The filters and the chunks of the object whose description is looked at; its parts come in any order.</summary>
    private IReadOnlyList<int> _filters = [];
    private (ulong Address, int Rank)? _chunks;

    /// <summary>
    /// The groups that keep their names in a table: where the part of their description is that says so, and the addresses of its tree and
    /// its heap.
    /// </summary>
    public IReadOnlyList<(int Message, ulong Tree, ulong Heap)> Tables => _tables;

    /// <summary>Checks the description at an address that a link leads to, and those that its own links lead to.</summary>
    public void Check(ulong address)
    {
        Link(address);
        CheckLinked();
    }

    /// <summary>Counts the descriptions that links lead to, each as often as a link does: the library reads it that often.</summary>
    /// <exception cref="Hdf5DamageException">They are more than the file can hold.</exception>
    public void CountLinks()
    {
        foreach ((int position, int count) in _links)
        {
            bytes.Count((count - 1) * _sizes.GetValueOrDefault(position));
        }
    }

    /// <summary>Checks a description of version 2, which has a signature.</summary>
    public void CheckSigned(int position)
    {
        _linked.Enqueue(position);
        CheckLinked();
    }

    private void Link(ulong address)
    {
        int position = bytes.Position(address);
        _linked.Enqueue(position);
        _links[position] = _links.GetValueOrDefault(position) + 1;
    }

    private void CheckLinked()
    {
        while (_linked.TryDequeue(out int position))
        {
            if (!bytes.Has(position, 16) || !_sizes.TryAdd(position, 0))
            {
                continue;
            }

            if (bytes.HasSignature(position, "OHDR"u8, 16))
            {
                CheckVersion2(position);
            }
            else if (bytes.Span[position] == 1)
            {
                CheckBlocks(position, position + 16, bytes.UInt32(position + 8), 8, 0);
            }
        }
    }

    private void CheckVersion2(int position)
    {
        int flags = bytes.Span[position + 5];
        int sizeAt = position + 6 + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
        int sizeBytes = 1 << (flags & 3);
        if ((flags & 0xC0) != 0 || !bytes.Has(sizeAt, sizeBytes))
        {
            throw new Hdf5DamageException("the description of an object is not one");
        }

        ulong size = 0;
        for (int i = 0; i < sizeBytes; i++)
        {
            size |= (ulong)bytes.Span[sizeAt + i] << (8 * i);
        }

        CheckBlocks(position, sizeAt + sizeBytes, size, (flags & 4) != 0 ? 6 : 4, 4);
    }

    /// <summary>Checks the messages of a block and of all blocks that continue it.</summary>
    /// <param name="position">Where the description starts.</param>
    /// <param name="start">Where the messages start.</param>
    /// <param name="size">The number of bytes of the block.</param>
    /// <param name="prefix">The bytes in front of each message.</param>
    /// <param name="signature">The bytes in front of the messages of a further block.</param>
    private void CheckBlocks(int position, int start, ulong size, int prefix, int signature)
    {
        bool wide = prefix == 8;
        (_filters, _chunks) = ([], null);
        HashSet<int> visited = [];
        Queue<(int Start, ulong Size)> blocks = new([(start, size)]);
        while (blocks.TryDequeue(out (int Start, ulong Size) block))
        {
            if (!visited.Add(block.Start) || visited.Count > MaxBlocks)
            {
                throw new Hdf5DamageException("the description of an object leads back to itself");
            }

            if (block.Size > int.MaxValue || !bytes.Has(block.Start, (long)block.Size))
            {
                throw new Hdf5DamageException("the description of an object leads out of the file");
            }

            bytes.Count((long)block.Size);
            _sizes[position] += (long)block.Size;

            int end = block.Start + (int)block.Size;
            int at = block.Start;
            while (at + prefix <= end)
            {
                int type = wide ? bytes.UInt16(at) : bytes.Span[at];
                int length = bytes.UInt16(at + (wide ? 2 : 1));
                int flags = bytes.Span[at + (wide ? 4 : 3)];
                at += prefix;
                if (at + length > end || (wide && length % 8 != 0))
                {
                    throw new Hdf5DamageException("a part of the description of an object is larger than the description");
                }

                if (wide && type == SymbolTable && length >= TableAddresses)
                {
                    _tables.Add((at - prefix, bytes.UInt64(at), bytes.UInt64(at + 8)));
                }

                if (CheckMessage(type, flags, at, bytes.Span.Slice(at, length)) is { } next)
                {
                    // A further block of version 2 has a signature in front and a checksum behind.
                    ulong around = 2 * (ulong)signature;
                    blocks.Enqueue((next.Start + signature, next.Size >= around ? next.Size - around : 0));
                }

                at += length;
            }
        }

        if (_chunks is var (address, rank))
        {
            IReadOnlyList<int> filters = _filters;
            _chunkTrees.Check(address, rank, (place, mask) => patches.Set(place, Hdf5Filters.LibraryMask(mask, filters)));
        }
    }

    private (int Start, ulong Size)? CheckMessage(int type, int flags, int position, ReadOnlySpan<byte> data)
    {
        const int LinkInfo = 0x02,
            DataType = 0x03,
            OldFillValue = 0x04,
            FillValue = 0x05,
            Link = 0x06,
            External = 0x07,
            Layout = 0x08,
            Filters = 0x0B,
            Attribute = 0x0C,
            Continuation = 0x10;
        if ((flags & 2) != 0)
        {
            throw new Hdf5DamageException("it shares a description between objects, which Keras files do not");
        }

        switch (type)
        {
            case LinkInfo when data.Length >= 18:
                int addresses = (data[1] & 1) != 0 ? 10 : 2;
                CheckHeap(bytes.Position(BinaryPrimitives.ReadUInt64LittleEndian(data[addresses..])));
                break;
            case DataType:
                Hdf5Messages.CheckType(data, bytes.Length);
                patches.Mark(position, data);
                break;
            case OldFillValue or FillValue:
                Hdf5Messages.CheckFillValue(data, type == OldFillValue);
                break;
            case Link:
                CheckLink(data);
                break;
            case External:
                throw new Hdf5DamageException("its weights are in other files, which Keras does not do");
            case Layout:
                CheckLayout(data);
                break;
            case Filters:
                _filters = Hdf5Filters.Read(data);
                break;
            case Attribute:
                texts.Check(Hdf5Messages.CheckAttribute(data, bytes.Length));
                break;
            case Continuation when data.Length >= 16:
                int next = bytes.Position(BinaryPrimitives.ReadUInt64LittleEndian(data));
                return next < 0 ? null : (next, BinaryPrimitives.ReadUInt64LittleEndian(data[8..]));
        }

        return null;
    }

    /// <summary>
    /// Checks the links of a group that has too many for its description, or one whose name is not ASCII among many: they lie one behind
    /// the other in the blocks of a heap.
    /// </summary>
    private void CheckHeap(int heap)
    {
        const int HeapHeader = 142, FlagsAt = 9, AddressBitsAt = 128, BlockHeader = 13, HeapAt = 5;
        if (!bytes.HasSignature(heap, "FRHP"u8, HeapHeader))
        {
            return;
        }

        int header = BlockHeader + ((bytes.UInt16(heap + AddressBitsAt) + 7) / 8) + ((bytes.Span[heap + FlagsAt] & 2) != 0 ? 4 : 0);
        _heapBlocks ??= bytes.Find([.. "FHDB"u8]).Where(block => bytes.Has(block, BlockHeader))
            .ToLookup(block => bytes.Position(bytes.UInt64(block + HeapAt)));
        foreach (int block in _heapBlocks[heap])
        {
            int at = block + header;
            while (bytes.Has(at, 1) && bytes.Span[at] == 1 && _heapLinks.Add(at)
                && CheckLink(bytes.Span[at..]) is var length and > 0)
            {
                at += length;
            }
        }
    }

    /// <summary>Checks a link, and queues the object that it leads to.</summary>
    /// <returns>Its length; 0 for none.</returns>
    private int CheckLink(ReadOnlySpan<byte> data)
    {
        if (data.Length < 10)
        {
            return 0;
        }

        if ((data[1] & 8) != 0 && data[2] != 0)
        {
            throw new Hdf5DamageException("it holds a link that points at another name, which Keras files do not");
        }

        int flags = data[1];
        int nameAt = 2 + ((flags & 8) != 0 ? 1 : 0) + ((flags & 4) != 0 ? 8 : 0) + ((flags & 16) != 0 ? 1 : 0);
        int sizeBytes = 1 << (flags & 3);
        ulong nameSize = 0;
        for (int i = sizeBytes - 1; i >= 0 && nameAt + sizeBytes <= data.Length; i--)
        {
            nameSize = (nameSize << 8) | data[nameAt + i];
        }

        const int AddressSize = 8;
        if (nameAt + sizeBytes + AddressSize > data.Length || nameSize > (ulong)(data.Length - nameAt - sizeBytes - AddressSize))
        {
            throw new Hdf5DamageException("a name is larger than the description that holds it");
        }

        // A hard link ends with the address of its object.
        int address = nameAt + sizeBytes + (int)nameSize;
        Link(BinaryPrimitives.ReadUInt64LittleEndian(data[address..]));
        return address + AddressSize;
    }

    private void CheckLayout(ReadOnlySpan<byte> data)
    {
        const int Chunked = 2, Virtual = 3;
        if (data.Length < 11)
        {
            return;
        }

        bool isOld = data[0] is 1 or 2;
        int kind = data[isOld ? 2 : 1];
        if (data[0] >= 4 && kind is Chunked or Virtual)
        {
            throw new Hdf5DamageException("its weights are stored in chunks as Keras never does; rewrite the file with h5repack --high=1");
        }

        if (kind != Chunked)
        {
            return;
        }

        int rank = data[isOld ? 1 : 2];
        int address = isOld ? 8 : 3;
        UInt128 size = 1;
        for (int i = 0; i < rank; i++)
        {
            int at = address + 8 + (i * 4);
            size *= at + 4 <= data.Length ? BinaryPrimitives.ReadUInt32LittleEndian(data[at..]) : 1;
            if (size > (ulong)mostChunked)
            {
                throw new Hdf5DamageException(
                    "a chunk of weights is much larger than the file; where that is right, allow its size with -MaxSize");
            }
        }

        _chunks = (BinaryPrimitives.ReadUInt64LittleEndian(data[address..]), rank);
    }
}

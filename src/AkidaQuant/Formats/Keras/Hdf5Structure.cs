using System.Buffers.Binary;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Looks once over the structures of an HDF5 file that point at each other (tools.md 4.3), because the library
/// that reads it follows every pointer: a cycle overflows the stack, and a damaged size takes all memory.
/// Structures are found by their signatures wherever they lie, so nothing has to be followed to be checked.
/// </summary>
internal static class Hdf5Structure
{
    private const int SymbolTableEntrySize = 40;
    private const int SoftLink = 2;

    /// <summary>Checks the whole file, and says what the library takes in another form than it is there.</summary>
    /// <param name="file">The file.</param>
    /// <param name="mostChunked">The most bytes of a dataset that is stored in chunks.</param>
    /// <exception cref="Hdf5DamageException">A structure is damaged in a way that endangers the process.</exception>
    public static Hdf5Patches Check(ReadOnlyMemory<byte> file, long mostChunked)
    {
        ReadOnlySpan<byte> start = file.Span;
        if (start.Length < 96)
        {
            throw new Hdf5DamageException("it ends within its first header");
        }

        int version = start[8];
        (int offsetSize, int lengthSize, int baseAt, int rootAt) = version switch
        {
            0 => (start[13], start[14], 24, 64),
            1 => (start[13], start[14], 28, 68),
            _ => (start[9], start[10], 12, 36),
        };
        if (version > 3 || offsetSize != 8 || lengthSize != 8)
        {
            throw new Hdf5DamageException($"its first header has the version {version} and offsets of {offsetSize} bytes");
        }

        // The end of the file stands two addresses behind its base in every version.
        ulong end = BinaryPrimitives.ReadUInt64LittleEndian(start[(baseAt + 16)..]);
        if (end > (ulong)start.Length)
        {
            throw new Hdf5DamageException($"it is cut off, with {start.Length} of {end} bytes");
        }

        Hdf5Bytes bytes = new(file, BinaryPrimitives.ReadUInt64LittleEndian(start[baseAt..]));
        Hdf5TextSizes texts = new(bytes, mostChunked);
        CheckGlobalHeaps(bytes, texts);
        CheckLocalHeaps(bytes);
        Hdf5BTrees.CheckNames(bytes);
        Hdf5Patches patches = new(bytes.Length);
        Hdf5ObjectHeaders headers = new(bytes, patches, texts, mostChunked);
        headers.Check(bytes.UInt64(rootAt));
        if (version < 2)
        {
            DropCachedTable(bytes, patches, rootAt - 8);
        }

        CheckSymbolTables(bytes, headers, patches);
        foreach (int position in bytes.Find([.. "OHDR"u8]))
        {
            headers.CheckSigned(position);
        }

        headers.CountLinks();
        Hdf5NameTables tables = new(bytes, patches);
        foreach ((int message, ulong tree, ulong heap) in headers.Tables)
        {
            tables.Rewrite(message, tree, heap);
        }

        return patches;
    }

    private static void CheckGlobalHeaps(Hdf5Bytes bytes, Hdf5TextSizes texts)
    {
        foreach (int position in bytes.Find([.. "GCOL\x01\0\0\0"u8]))
        {
            ulong size = bytes.Has(position, 16) ? bytes.UInt64(position + 8) : 0;
            if (size < 16 || size > (ulong)(bytes.Length - position))
            {
                throw new Hdf5DamageException("a collection of texts is larger than the file");
            }

            bytes.Count((long)size);
            int end = position + (int)size;
            int next = position + 16;
            while (next + 16 <= end && bytes.UInt16(next) != 0)
            {
                ulong length = bytes.UInt64(next + 8);
                if (length > (ulong)(end - next - 16))
                {
                    throw new Hdf5DamageException("a text is larger than the collection that holds it");
                }

                texts.Add(position, bytes.UInt16(next), (long)length);
                next += 16 + (((int)length + 7) & ~7);
            }
        }
    }

    private static void CheckLocalHeaps(Hdf5Bytes bytes)
    {
        foreach (int position in bytes.Find([.. "HEAP\0\0\0\0"u8]))
        {
            if (bytes.Has(position, 32) && bytes.UInt64(position + 8) > (ulong)bytes.Length)
            {
                throw new Hdf5DamageException("a collection of names is larger than the file");
            }
        }
    }

    /// <summary>
    /// Entries of groups repeat where their tables are, and the library would read these instead of the descriptions that
    /// <see cref="Hdf5NameTables"/> changes, and of those of groups that gave their table up, as they do for the first name that is not
    /// ASCII.
    /// </summary>
    private static void DropCachedTable(Hdf5Bytes bytes, Hdf5Patches patches, int entry)
    {
        const int KindAt = 16, CachedTable = 1;
        if (bytes.Has(entry, SymbolTableEntrySize) && bytes.UInt32(entry + KindAt) == CachedTable)
        {
            patches.Set(entry + KindAt, 0);
        }
    }

    private static void CheckSymbolTables(Hdf5Bytes bytes, Hdf5ObjectHeaders headers, Hdf5Patches patches)
    {
        foreach (int position in bytes.Find([.. "SNOD\x01\0"u8]))
        {
            int count = bytes.Has(position, 8) ? bytes.UInt16(position + 6) : 0;
            bytes.Count(Math.Min((long)count * SymbolTableEntrySize, bytes.Length - position));
            for (int i = 0; i < count; i++)
            {
                int entry = position + 8 + (i * SymbolTableEntrySize);
                if (!bytes.Has(entry, SymbolTableEntrySize))
                {
                    break;
                }

                if (bytes.UInt32(entry + 16) == SoftLink)
                {
                    throw new Hdf5DamageException("it holds a link that points at another name, which Keras files do not");
                }

                headers.Check(bytes.UInt64(entry + 8));
                DropCachedTable(bytes, patches, entry);
            }
        }
    }
}

namespace AkidaQuant.Formats.Keras;

/// <summary>Checks that the trees of an HDF5 file are trees: no node is its own descendant, none has two parents.</summary>
internal static class Hdf5BTrees
{
    private const int HeaderSize = 24;
    private const int NameKeySize = 8;
    private const int MaxDepth = 16;

    /// <summary>Checks every tree of names (version 1), and the depth of the trees of version 2.</summary>
    public static void CheckNames(Hdf5Bytes bytes)
    {
        HashSet<int> children = [];
        foreach (int position in bytes.Find([.. "TREE\0"u8]))
        {
            foreach (int child in Children(bytes, position, NameKeySize))
            {
                if (!children.Add(child))
                {
                    throw new Hdf5DamageException("a tree of names leads twice to the same place");
                }
            }
        }

        foreach (int position in bytes.Find([.. "BTHD"u8]))
        {
            if (bytes.Has(position, 14) && bytes.UInt16(position + 12) > MaxDepth)
            {
                throw new Hdf5DamageException("a tree is deeper than any file needs");
            }
        }
    }

    /// <summary>Checks the tree that finds the chunks of a dataset.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="address">The address of its root.</param>
    /// <param name="rank">The number of dimensions of a chunk, the element's size included.</param>
    /// <param name="setMask">Takes the place and the value of each mask of filters that is not 0.</param>
    public static void CheckChunks(Hdf5Bytes bytes, ulong address, int rank, Action<int, uint> setMask)
    {
        HashSet<int> visited = [];
        Stack<int> open = new([bytes.Position(address)]);
        while (open.TryPop(out int position))
        {
            if (!bytes.HasSignature(position, "TREE"u8, HeaderSize))
            {
                continue;
            }

            if (!visited.Add(position))
            {
                throw new Hdf5DamageException("a tree of chunks leads twice to the same place");
            }

            int keySize = 8 + (8 * rank);
            CheckChunkSizes(bytes, position, keySize, setMask);
            foreach (int child in Children(bytes, position, keySize))
            {
                open.Push(child);
            }
        }
    }

    private static void CheckChunkSizes(Hdf5Bytes bytes, int position, int keySize, Action<int, uint> setMask)
    {
        int count = bytes.UInt16(position + 6);
        for (int i = 0; i < count; i++)
        {
            int key = position + HeaderSize + (i * (keySize + 8));
            if (bytes.Has(key, 4) && bytes.UInt32(key) > bytes.Length)
            {
                throw new Hdf5DamageException("a chunk of weights is larger than the file");
            }

            if (bytes.Has(key, 8) && bytes.UInt32(key + 4) is var mask and not 0)
            {
                setMask(key + 4, mask);
            }
        }
    }

    /// <summary>The nodes below an inner node; each lies exactly one level lower, which rules out cycles.</summary>
    private static IEnumerable<int> Children(Hdf5Bytes bytes, int position, int keySize)
    {
        int level = bytes.Has(position, HeaderSize) ? bytes.Span[position + 5] : 0;
        int count = level > 0 ? bytes.UInt16(position + 6) : 0;
        for (int i = 0; i < count; i++)
        {
            int at = position + HeaderSize + keySize + (i * (keySize + 8));
            int child = bytes.Has(at, 8) ? bytes.Position(bytes.UInt64(at)) : -1;
            if (!bytes.HasSignature(child, "TREE"u8, HeaderSize))
            {
                continue;
            }

            if (bytes.Span[child + 5] != level - 1)
            {
                throw new Hdf5DamageException("a tree leads back to itself");
            }

            yield return child;
        }
    }
}

namespace AkidaQuant.Formats.Keras;

/// <summary>Checks that the trees of an HDF5 file are trees: no node is its own descendant, none has two parents.</summary>
internal static class Hdf5BTrees
{
    /// <summary>The bytes in front of the first key of a node.</summary>
    public const int HeaderSize = 24;

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

    /// <summary>The nodes below an inner node; each lies exactly one level lower, which rules out cycles.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="position">The node.</param>
    /// <param name="keySize">The bytes between two addresses of children.</param>
    public static IEnumerable<int> Children(Hdf5Bytes bytes, int position, int keySize)
    {
        int level = bytes.Has(position, HeaderSize) ? bytes.Span[position + 5] : 0;
        int count = level > 0 ? bytes.UInt16(position + 6) : 0;
        bytes.Count(Math.Min((long)count * (keySize + 8), bytes.Length - position));
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

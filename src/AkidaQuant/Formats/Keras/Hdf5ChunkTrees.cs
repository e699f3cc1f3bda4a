namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Checks the trees that find the chunks of datasets: that they are trees, that no chunk is larger than the file, and that none lies over
/// another one, as a file would have it that unpacks the same few bytes again and again.
/// </summary>
internal sealed class Hdf5ChunkTrees(Hdf5Bytes bytes)
{
    private readonly HashSet<int> _visited = [];

    /// <summary>Checks the tree of a dataset.</summary>
    /// <param name="address">The address of its root.</param>
    /// <param name="rank">The number of dimensions of a chunk, the element's size included.</param>
    /// <param name="setMask">Takes the place and the value of each mask of filters that is not 0.</param>
    /// <exception cref="Hdf5DamageException">One of these is not so.</exception>
    public void Check(ulong address, int rank, Action<int, uint> setMask)
    {
        List<(int Start, long End)> chunks = [];
        int keySize = 8 + (8 * rank);
        Stack<int> open = new([bytes.Position(address)]);
        while (open.TryPop(out int position))
        {
            if (!bytes.HasSignature(position, "TREE"u8, Hdf5BTrees.HeaderSize))
            {
                continue;
            }

            if (!_visited.Add(position))
            {
                throw new Hdf5DamageException("a tree of chunks leads twice to the same place");
            }

            AddChunks(chunks, position, keySize, setMask);
            foreach (int child in Hdf5BTrees.Children(bytes, position, keySize))
            {
                open.Push(child);
            }
        }

        chunks.Sort();
        for (int i = 1; i < chunks.Count; i++)
        {
            if (chunks[i].Start < chunks[i - 1].End)
            {
                throw new Hdf5DamageException("two chunks of the same weights lie at the same place");
            }
        }
    }

    private void AddChunks(List<(int Start, long End)> chunks, int node, int keySize, Action<int, uint> setMask)
    {
        bool isLeaf = bytes.Span[node + 5] == 0;
        int count = bytes.UInt16(node + 6);
        bytes.Count(Math.Min((long)count * (keySize + 8), bytes.Length - node));
        for (int i = 0; i < count; i++)
        {
            int key = node + Hdf5BTrees.HeaderSize + (i * (keySize + 8));
            uint size = bytes.Has(key, 4) ? bytes.UInt32(key) : 0;
            if (size > bytes.Length)
            {
                throw new Hdf5DamageException("a chunk of weights is larger than the file");
            }

            if (bytes.Has(key, 8) && bytes.UInt32(key + 4) is var mask and not 0)
            {
                setMask(key + 4, mask);
            }

            if (isLeaf && bytes.Has(key + keySize, 8) && bytes.Position(bytes.UInt64(key + keySize)) is var start and >= 0)
            {
                chunks.Add((start, (long)start + size));
            }
        }
    }
}

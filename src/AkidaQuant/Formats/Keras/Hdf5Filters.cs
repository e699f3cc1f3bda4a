using System.Buffers.Binary;
using System.Globalization;

namespace AkidaQuant.Formats.Keras;

/// <summary>The filters that chunks of weights may have gone through, and the names of those that are not read.</summary>
internal static class Hdf5Filters
{
    /// <summary>The number of LZF, the compression of h5py.</summary>
    public const ushort Lzf = 32000;

    private const int FirstNamed = 256;

    /// <summary>Deflate (gzip), shuffle, checksums, scale-offset and LZF.</summary>
    private static readonly HashSet<int> Known = [1, 2, 3, 6, Lzf];

    private static readonly Dictionary<int, string> Names = new()
    {
        [4] = "SZIP",
        [5] = "N-bit",
        [305] = "LZO",
        [307] = "BZIP2",
        [32001] = "Blosc",
        [32002] = "MAFISC",
        [32003] = "Snappy",
        [32004] = "LZ4",
        [32008] = "Bitshuffle",
        [32013] = "ZFP",
        [32014] = "FPZIP",
        [32015] = "Zstandard",
        [32017] = "SZ",
        [32022] = "BitGroom",
        [32023] = "Granular BitRound",
        [32024] = "SZ3",
        [32026] = "Blosc2",
        [32028] = "SPERR",
    };

    /// <summary>The numbers of the filters of a dataset, in the order in which its chunks went through them.</summary>
    /// <param name="data">Their list.</param>
    /// <exception cref="Hdf5UnsupportedException">There is a filter among them that is not read.</exception>
    public static IReadOnlyList<int> Read(ReadOnlySpan<byte> data)
    {
        List<int> filters = [];
        if (data.Length < 2)
        {
            return filters;
        }

        bool isFirst = data[0] == 1;
        int at = isFirst ? 8 : 2;
        for (int i = 0; i < data[1] && at + 8 <= data.Length; i++)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(data[at..]);
            if (!Known.Contains(id))
            {
                string name = Names.GetValueOrDefault(id, string.Create(CultureInfo.InvariantCulture, $"the filter {id} of HDF5"));
                throw new Hdf5UnsupportedException(
                    $"its weights are compressed with {name}, which is not read. Rewrite the file without compression: h5repack -f NONE, with the plugin for {name} where that is not part of HDF5");
            }

            filters.Add(id);
            bool hasName = isFirst || id >= FirstNamed;
            int nameLength = hasName ? BinaryPrimitives.ReadUInt16LittleEndian(data[(at + 2)..]) : 0;
            int counts = at + (hasName ? 6 : 4);
            int values = BinaryPrimitives.ReadUInt16LittleEndian(data[counts..]);
            at = counts + 2 + (isFirst ? (nameLength + 7) & ~7 : nameLength) + (4 * (isFirst ? (values + 1) & ~1 : values));
        }

        return filters;
    }

    /// <summary>
    /// The mask of the filters that a chunk did not go through, as the library takes it: the format counts them from bit 0 on, and the
    /// library from bit 1; and a chunk that went through none at all must go through one, so that LZF gets it, which sees what it is.
    /// </summary>
    /// <param name="mask">The mask in the file.</param>
    /// <param name="filters">The filters of the dataset.</param>
    /// <exception cref="Hdf5UnsupportedException">The chunk went through none, and the last is another one.</exception>
    public static uint LibraryMask(uint mask, IReadOnlyList<int> filters)
    {
        uint all = (1u << filters.Count) - 1;
        return (mask & all) != all ? mask << 1
            : filters is [.., Lzf] ? (mask << 1) & ~(1u << filters.Count)
            : throw new Hdf5UnsupportedException(
                "some chunks of its weights did not go through its filters, which is not read. Rewrite the file without compression: h5repack -f NONE");
    }
}

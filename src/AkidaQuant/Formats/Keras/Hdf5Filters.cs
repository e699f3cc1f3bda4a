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
        [32004] = "LZ4",
        [32008] = "Bitshuffle",
        [32013] = "ZFP",
        [32015] = "Zstandard",
        [32026] = "Blosc2",
    };

    /// <summary>Checks the list of the filters of a dataset.</summary>
    /// <param name="data">The list.</param>
    /// <exception cref="Hdf5UnsupportedException">There is a filter among them that is not read.</exception>
    public static void Check(ReadOnlySpan<byte> data)
    {
        if (data.Length < 2)
        {
            return;
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

            bool hasName = isFirst || id >= FirstNamed;
            int nameLength = hasName ? BinaryPrimitives.ReadUInt16LittleEndian(data[(at + 2)..]) : 0;
            int counts = at + (hasName ? 6 : 4);
            int values = BinaryPrimitives.ReadUInt16LittleEndian(data[counts..]);
            at = counts + 2 + (isFirst ? (nameLength + 7) & ~7 : nameLength) + (4 * (isFirst ? (values + 1) & ~1 : values));
        }
    }
}

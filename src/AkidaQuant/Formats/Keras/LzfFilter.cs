using PureHDF.Filters;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Unpacks LZF, the compression that h5py has besides gzip: runs of bytes as they are, and copies of what came up to 8 KB before. What it
/// reads and writes stays within the chunk, whatever the bytes say.
/// </summary>
internal sealed class LzfFilter : IH5Filter
{
    private const int ShortRun = 32;
    private const int LongCopy = 7;
    private const int LeastCopy = 2;

    /// <inheritdoc/>
    public ushort FilterId => Hdf5Filters.Lzf;

    /// <inheritdoc/>
    public string Name => "lzf";

    /// <inheritdoc/>
    public Memory<byte> Filter(FilterInfo info) => Chunk(info.Buffer.Span, info.ChunkSize);

    /// <inheritdoc/>
    public uint[] GetParameters(uint[] chunkDimensions, uint typeSize, Dictionary<string, object>? options) =>
        throw new NotSupportedException("LZF is only read.");

    /// <summary>
    /// The bytes of a chunk, which is kept as it is where packing would not have made it shorter (<see cref="Hdf5Filters.LibraryMask"/>).
    /// </summary>
    private static byte[] Chunk(ReadOnlySpan<byte> stored, int size)
    {
        try
        {
            return Unpack(stored, size);
        }
        catch (Hdf5DamageException) when (stored.Length == size)
        {
            return stored.ToArray();
        }
    }

    /// <summary>The bytes that were packed.</summary>
    /// <param name="packed">The packed bytes.</param>
    /// <param name="size">How many they become.</param>
    /// <exception cref="Hdf5DamageException">They become another number of bytes, or point in front of the first.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> packed, int size)
    {
        byte[] unpacked = new byte[size];
        int from = 0;
        int to = 0;
        while (from < packed.Length)
        {
            int control = packed[from++];
            if (control < ShortRun)
            {
                int run = control + 1;
                if (from + run > packed.Length || to + run > size)
                {
                    throw Damaged();
                }

                packed.Slice(from, run).CopyTo(unpacked.AsSpan(to));
                from += run;
                to += run;
                continue;
            }

            int length = control >> 5;
            if (length == LongCopy)
            {
                length += from < packed.Length ? packed[from++] : throw Damaged();
            }

            int back = from < packed.Length ? ((control & 0x1F) << 8) + packed[from++] + 1 : throw Damaged();
            length += LeastCopy;
            if (back > to || to + length > size)
            {
                throw Damaged();
            }

            // Copies may overlap what they make.
            for (int i = 0; i < length; i++, to++)
            {
                unpacked[to] = unpacked[to - back];
            }
        }

        return to == size ? unpacked : throw Damaged();
    }

    private static Hdf5DamageException Damaged() => new("a chunk of weights that is compressed with LZF does not unpack");
}

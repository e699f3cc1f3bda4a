using System.IO.Compression;
using PureHDF.Filters;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Unpacks deflate (gzip) in the place of the library's own filter, which unpacks whatever comes: a few hundred kilobytes can become
/// gigabytes. This one stops at the size of the chunk.
/// </summary>
internal sealed class BoundedDeflateFilter : IH5Filter
{
    /// <summary>What filters in front of this one may have added to a chunk: a checksum, or how its values are packed.</summary>
    private const int MostAdded = 64;

    private readonly DeflateFilter _library = new();

    /// <inheritdoc/>
    public ushort FilterId => _library.FilterId;

    /// <inheritdoc/>
    public string Name => _library.Name;

    /// <inheritdoc/>
    public Memory<byte> Filter(FilterInfo info) =>
        info.Flags.HasFlag(H5FilterFlags.Decompress) ? Unpack(info.Buffer, info.ChunkSize) : _library.Filter(info);

    /// <inheritdoc/>
    public uint[] GetParameters(uint[] chunkDimensions, uint typeSize, Dictionary<string, object>? options) =>
        _library.GetParameters(chunkDimensions, typeSize, options);

    /// <summary>The bytes of a chunk.</summary>
    /// <param name="packed">The packed bytes.</param>
    /// <param name="size">The size of the chunk.</param>
    /// <exception cref="Hdf5DamageException">They become more than the chunk has.</exception>
    public static Memory<byte> Unpack(ReadOnlyMemory<byte> packed, int size)
    {
        byte[] chunk = new byte[checked(size + MostAdded + 1)];
        using ZLibStream stream = new(new MemoryStream(packed.ToArray(), writable: false), CompressionMode.Decompress);
        int length = stream.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
        return length < chunk.Length
            ? chunk.AsMemory(0, length)
            : throw new Hdf5DamageException($"a chunk of weights unpacks to more than the {size} bytes that its shape takes");
    }
}

using System.IO.Compression;
using System.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// The zip archive that a <c>.keras</c> file is (tools.md 5.1), read with guards: no member takes more memory than
/// the file warrants, and each is checked against its checksum.
/// </summary>
internal sealed class KerasArchive : IDisposable
{
    /// <summary>The member that names the version of Keras and the time.</summary>
    public const string MetadataEntry = "metadata.json";

    /// <summary>The member that describes the model.</summary>
    public const string ConfigEntry = "config.json";

    /// <summary>The member that holds the weights.</summary>
    public const string WeightsEntry = "model.weights.h5";

    private readonly string _path;
    private readonly ZipArchive _archive;
    private readonly long _mostOfMember;

    private readonly CancellationToken _cancellation;

    private KerasArchive(string path, long mostOfMember, ZipArchive archive, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _path = path;
        _mostOfMember = mostOfMember;
        _archive = archive;
    }

    /// <summary>Whether content begins as an archive does.</summary>
    public static bool IsArchive(ReadOnlySpan<byte> content) => content.StartsWith("PK"u8);

    /// <summary>Opens an archive from its content.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="content">The content.</param>
    /// <param name="maxSize">What the reader of the file allows its arrays to take; null for the default.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="QuantException"><c>ModelFileDamaged</c>.</exception>
    public static KerasArchive Open(
        string path, byte[] content, long? maxSize = null, CancellationToken cancellation = default) => Guard(path, () =>
        new KerasArchive(
            path,
            Hdf5Limits.Chunked(content.Length, maxSize),
            new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read),
            cancellation));

    /// <summary>Whether there is such a member.</summary>
    /// <exception cref="QuantException"><c>ModelFileDamaged</c>.</exception>
    public bool Has(string name) => Guard(_path, () => _archive.GetEntry(name) is not null);

    /// <summary>The text of a member.</summary>
    /// <exception cref="QuantException"><c>NotAKerasModel</c>: there is no such member; <c>ModelFileDamaged</c>.</exception>
    public string ReadText(string name) => Encoding.UTF8.GetString(Read(name));

    /// <summary>The content of a member.</summary>
    /// <exception cref="QuantException"><c>NotAKerasModel</c>: there is no such member; <c>ModelFileDamaged</c>.</exception>
    public byte[] Read(string name) => Guard(_path, () =>
    {
        ZipArchiveEntry entry = _archive.GetEntry(name) ?? throw new QuantException(
            "NotAKerasModel",
            QuantErrorKind.InvalidData,
            $"The file '{_path}' is an archive but holds no Keras model: it has no '{name}'. Save a model with model.save('name.keras').",
            _path);
        if (entry.Length > _mostOfMember || entry.Length > Array.MaxLength)
        {
            throw new InvalidDataException($"its '{name}' claims to have {entry.Length} bytes");
        }

        using Stream stream = entry.Open();
        byte[] content = ReadAtMost(stream, (int)entry.Length);
        return content.Length == entry.Length && Crc32.Of(content) == entry.Crc32
            ? content
            : throw new InvalidDataException($"its '{name}' is not what its checksum says");
    });

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    /// <summary>Takes memory as content comes, because the length that a member claims may be a lie.</summary>
    private byte[] ReadAtMost(Stream stream, int length)
    {
        using MemoryStream content = new();
        byte[] buffer = new byte[1 << 16];
        while (
            content.Length < length && stream.Read(buffer, 0, (int)Math.Min(buffer.Length, length - content.Length)) is var count and > 0)
        {
            _cancellation.ThrowIfCancellationRequested();
            content.Write(buffer, 0, count);
        }

        return content.ToArray();
    }

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (QuantException or OutOfMemoryException or OperationCanceledException))
        {
            throw new QuantException(
                "ModelFileDamaged",
                QuantErrorKind.InvalidData,
                $"The model file '{path}' is not a whole archive: {e.Message.TrimEnd('.')}. Copy or save the model again.",
                path,
                e);
        }
    }
}

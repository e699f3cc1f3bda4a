using System.IO.Compression;

namespace AkidaQuant.Formats.Npz;

/// <summary>An archive of named arrays, as <c>numpy.savez</c> writes them (tools.md 7); each is read when asked for.</summary>
public sealed class NpzReader : IDisposable
{
    // Deflate cannot expand its input by more; an entry that claims more is a lie.
    private const long MaxExpansion = 1032;
    private const string Extension = ".npy";

    private readonly string _path;
    private readonly ZipArchive _archive;
    private readonly OrderedDictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);

    private NpzReader(string path, ZipArchive archive)
    {
        _path = path;
        _archive = archive;
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            if (entry.FullName.EndsWith(Extension, StringComparison.Ordinal))
            {
                _entries[entry.FullName[..^Extension.Length]] = entry;
            }
        }
    }

    /// <summary>The names of the arrays, in the order of the archive.</summary>
    public IReadOnlyList<string> Names => _entries.Keys;

    /// <summary>Opens an archive.</summary>
    /// <exception cref="QuantException"><c>FileNotFound</c>, <c>FileUnreadable</c> or <c>ArrayFileDamaged</c>.</exception>
    public static NpzReader Open(string path)
    {
        FileStream stream = InputFile.Open(path);
        try
        {
            return new NpzReader(path, new ZipArchive(stream, ZipArchiveMode.Read));
        }
        catch (Exception e)
        {
            stream.Dispose();
            if (e is InvalidDataException or IOException or ArgumentException)
            {
                throw Damaged(path, e);
            }

            throw;
        }
    }

    /// <summary>Reads all arrays of an archive.</summary>
    /// <exception cref="QuantException"><c>FileNotFound</c>, <c>FileUnreadable</c> or <c>ArrayFileDamaged</c>.</exception>
    public static IReadOnlyDictionary<string, NpyArray> ReadAll(string path)
    {
        using NpzReader reader = Open(path);
        OrderedDictionary<string, NpyArray> arrays = new(StringComparer.Ordinal);
        foreach (string name in reader.Names)
        {
            arrays.Add(name, reader.Read(name));
        }

        return arrays;
    }

    /// <summary>Reads the array of that name.</summary>
    /// <exception cref="QuantException"><c>ArrayNotFound</c>, with the names that there are, or <c>ArrayFileDamaged</c>.</exception>
    public NpyArray Read(string name)
    {
        if (!_entries.TryGetValue(name, out ZipArchiveEntry? entry))
        {
            throw new QuantException(
                "ArrayNotFound",
                QuantErrorKind.NotFound,
                $"The file '{_path}' has no array '{name}'. It holds {string.Join(", ", Names.Select(known => $"'{known}'").DefaultIfEmpty("none"))}.",
                _path);
        }

        try
        {
            if (entry.Length / MaxExpansion > entry.CompressedLength)
            {
                throw new InvalidDataException($"The entry '{entry.FullName}' cannot have {entry.Length} bytes.");
            }

            using Stream stream = entry.Open();
            return NpyReader.Read(stream, entry.Length, $"{_path}: {name}", _path);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException)
        {
            throw Damaged(_path, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    private static QuantException Damaged(string path, Exception e) => new(
        "ArrayFileDamaged", QuantErrorKind.InvalidData, $"The file '{path}' is not a whole .npz archive: {e.Message} Save it again with numpy.savez.", path, e);
}

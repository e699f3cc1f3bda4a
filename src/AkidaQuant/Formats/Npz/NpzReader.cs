using System.IO.Compression;
using AkidaQuant.Formats.Files;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Npz;

/// <summary>An archive of named arrays, as <c>numpy.savez</c> writes them (tools.md 7); each is read when asked for.</summary>
public sealed class NpzReader : IDisposable
{
    // Deflate cannot expand its input by more; an entry that claims more is a lie.
    private const long MaxExpansion = 1032;
    private const string Extension = ".npy";

    // Enough to hold the start of a header, which no compressed entry has at its beginning.
    private const int ProbeBytes = 16;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly ZipArchive _archive;
    private readonly OrderedDictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);

    private NpzReader(string path, FileStream file, ZipArchive archive)
    {
        _path = path;
        _file = file;
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
    public static NpzReader Open(string path, CancellationToken cancellation = default)
    {
        FileStream stream = InputFile.Open(path, cancellation);
        try
        {
            ZipArchive archive = new(stream, ZipArchiveMode.Read);
            return RepeatedEntry.Find(archive) is not { } name
                ? new NpzReader(path, stream, archive)
                : throw new QuantException(
                    "ArrayFileDamaged",
                    QuantErrorKind.InvalidData,
                    $"The file '{path}' holds two entries of the name '{name}', and which of them counts is not clear. Save it again with numpy.savez, or remove one of them.",
                    path);
        }
        catch (Exception e)
        {
            stream.Dispose();
            if (e is InvalidDataException or IOException or ArgumentException)
            {
                throw Damaged(path, "it has no list of entries where one must be", e);
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
        ZipArchiveEntry entry = Find(name);
        try
        {
            using ChecksumStream stream = new(OpenEntry(entry));
            NpyArray array = NpyReader.Read(stream, entry.Length, Describe(name), _path);
            return stream.Count == entry.Length && stream.Checksum == entry.Crc32
                ? array
                : throw Damaged(_path, $"the bytes of its entry '{entry.FullName}' do not have their checksum", null);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException)
        {
            throw Damaged(_path, $"its entry '{entry.FullName}' cannot be unpacked", e);
        }
    }

    /// <summary>The texts of an array of so many; null where there is no such array of that name, but another or none.</summary>
    /// <exception cref="QuantException"><c>ArrayFileDamaged</c>.</exception>
    internal string[]? FindTexts(string name, int? count)
    {
        if (!_entries.TryGetValue(name, out ZipArchiveEntry? entry))
        {
            return null;
        }

        try
        {
            using ChecksumStream stream = new(OpenEntry(entry));
            string[]? texts = NpyTexts.Read(stream, entry.Length, count);
            return texts is null || (stream.Count == entry.Length && stream.Checksum == entry.Crc32)
                ? texts
                : throw Damaged(_path, $"the bytes of its entry '{entry.FullName}' do not have their checksum", null);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or FormatException)
        {
            throw Damaged(_path, $"its entry '{entry.FullName}' cannot be unpacked", e);
        }
    }

    /// <summary>The bytes of an array as the archive declares them.</summary>
    /// <exception cref="QuantException"><c>ArrayNotFound</c>.</exception>
    internal long Length(string name) => Find(name).Length;

    /// <summary>Where an array that is stored without compression begins in the file; -1 when it is compressed.</summary>
    /// <exception cref="QuantException"><c>ArrayNotFound</c> or <c>ArrayFileDamaged</c>.</exception>
    internal long FindStored(string name)
    {
        ZipArchiveEntry entry = Find(name);
        if (entry.CompressedLength != entry.Length || entry.Length < ProbeBytes)
        {
            return -1;
        }

        try
        {
            // The position of the file behind what was read; the bytes there tell whether they were read as they are.
            byte[] given = new byte[ProbeBytes];
            using Stream stream = OpenEntry(entry);
            stream.ReadExactly(given);
            long start = _file.Position - ProbeBytes;
            byte[] stored = new byte[ProbeBytes];
            return start > 0 && RandomAccess.Read(_file.SafeFileHandle, stored, start) == ProbeBytes && stored.AsSpan().SequenceEqual(given)
                && start + entry.Length <= _file.Length ? start : -1;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException)
        {
            throw Damaged(_path, $"its entry '{name}' cannot be unpacked", e);
        }
    }

    /// <summary>The bytes of an array as a stream.</summary>
    /// <exception cref="QuantException"><c>ArrayNotFound</c> or <c>ArrayFileDamaged</c>.</exception>
    internal Stream OpenArray(string name)
    {
        try
        {
            return OpenEntry(Find(name));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException)
        {
            throw Damaged(_path, $"its entry '{name}' cannot be unpacked", e);
        }
    }

    /// <summary>The array for errors.</summary>
    internal string Describe(string name) => $"{_path}: {name}";

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    private static Stream OpenEntry(ZipArchiveEntry entry) => entry.Length / MaxExpansion <= entry.CompressedLength
        ? entry.Open()
        : throw new InvalidDataException($"The entry '{entry.FullName}' cannot have {entry.Length} bytes.");

    private ZipArchiveEntry Find(string name) =>
        _entries.GetValueOrDefault(name)
        ?? throw new QuantException(
            "ArrayNotFound",
            QuantErrorKind.NotFound,
            $"The file '{_path}' has no array '{name}'. It holds {Listing.Of(Names.Select(known => $"'{known}'").DefaultIfEmpty("none"), $"'{name}'")}.",
            _path);

    private static QuantException Damaged(string path, string problem, Exception? inner) =>
        new(
            "ArrayFileDamaged",
            QuantErrorKind.InvalidData,
            $"The file '{path}' is not a whole .npz archive: {problem}. Copy it again, or save it again with numpy.savez.",
            path,
            inner);
}

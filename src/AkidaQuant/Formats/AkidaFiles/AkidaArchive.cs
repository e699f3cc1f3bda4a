using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using AkidaQuant.Formats.Files;

namespace AkidaQuant.Formats.AkidaFiles;

/// <summary>
/// The archive that a file of an Akida model is: its members are those that its checksums name, and what is read of one has its checksum.
/// </summary>
internal sealed class AkidaArchive : IDisposable
{
    private const int Probe = 64;
    private const int HexOfSum = 2 * SHA256.HashSizeInBytes;
    private const string Gap = "  ";

    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _sums = new(StringComparer.Ordinal);

    private AkidaArchive(string path, long length, ZipArchive archive, long? maxSize)
    {
        Path = path;
        Budget = new ArrayBudget(path, length, maxSize);
        _archive = archive;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What is taken of memory.</summary>
    public ArrayBudget Budget { get; }

    /// <summary>Opens a file and reads its checksums.</summary>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>, <c>FileUnreadable</c>, <c>GitLfsPointer</c>, <c>NotAnAkidaFile</c>, <c>AkidaFileTruncated</c> or
    /// <c>AkidaFileAltered</c>.
    /// </exception>
    public static AkidaArchive Open(string path, ModelReadOptions options)
    {
        FileStream stream = InputFile.Open(path, options.Cancellation);
        AkidaArchive? archive = null;
        try
        {
            RequireArchive(path, stream);
            archive = new AkidaArchive(path, stream.Length, OpenZip(path, stream), options.MaxSize);
            archive.ReadSums();
            return archive;
        }
        catch (Exception e)
        {
            archive?.Dispose();
            stream.Dispose();
            if (e is IOException or UnauthorizedAccessException)
            {
                throw InputFile.Unreadable(path, e);
            }

            throw;
        }
    }

    /// <summary>The text of a member, which is short.</summary>
    /// <exception cref="QuantException"><c>NotAnAkidaFile</c>: there is none; <c>AkidaFileAltered</c>.</exception>
    public string ReadText(string name) => Guard(() => Encoding.UTF8.GetString(ReadBytes(name, AkidaMembers.MostManifest)));

    /// <summary>The content of a member, whose size the budget allows.</summary>
    /// <exception cref="QuantException"><c>ModelTooLarge</c> or <c>AkidaFileAltered</c>.</exception>
    public byte[] ReadBytes(string name)
    {
        Budget.Take(Find(name).Length, name);
        return Guard(() => ReadBytes(name, Array.MaxLength));
    }

    /// <summary>Lets something read the whole of a member, block by block, before its checksum is known to be right.</summary>
    /// <param name="name">The member.</param>
    /// <param name="read">Reads it by filling blocks, all of it.</param>
    /// <exception cref="QuantException"><c>AkidaFileAltered</c>: it is shorter or longer than that, or its checksum is another.</exception>
    public void Read(string name, Action<Action<Memory<byte>>> read) => Guard(() =>
    {
        using Stream stream = Find(name).Open();
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        read(block =>
        {
            stream.ReadExactly(block.Span);
            sum.AppendData(block.Span);
        });
        return stream.ReadByte() < 0 && Convert.ToHexStringLower(sum.GetHashAndReset()) == _sums[name]
            ? true
            : throw Wrong(name);
    });

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    /// <summary>The error for content that is not what was written.</summary>
    public QuantException Altered(string problem, Exception? inner = null) =>
        new(
            "AkidaFileAltered",
            QuantErrorKind.InvalidData,
            $"The file '{Path}' is not as it was written: {problem}. Copy it again, or write the model again with Export-AkidaModel.",
            Path,
            inner);

    private static void RequireArchive(string path, FileStream stream)
    {
        byte[] start = new byte[Math.Min(Probe, stream.Length)];
        stream.ReadExactly(start);
        stream.Position = 0;
        InputFile.RequireFetched(path, start);
        if (start.Length == 0)
        {
            throw Truncated(path, "it is empty", null);
        }

        if (!start.AsSpan().StartsWith("PK"u8))
        {
            throw NotOne(path, "it does not begin as one");
        }
    }

    private static ZipArchive OpenZip(string path, FileStream stream)
    {
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or EndOfStreamException)
        {
            throw Truncated(path, "it has no end", e);
        }
    }

    private static QuantException Truncated(string path, string problem, Exception? inner) =>
        new(
            "AkidaFileTruncated",
            QuantErrorKind.InvalidData,
            $"The file '{path}' is cut off: {problem}. Copy it again, or write the model again with Export-AkidaModel.",
            path,
            inner);

    private static QuantException NotOne(string path, string problem) =>
        new(
            "NotAnAkidaFile",
            QuantErrorKind.InvalidData,
            $"The file '{path}' is none of an Akida model: {problem}. Give one that Export-AkidaModel wrote.",
            path);

    /// <summary>The members and their checksums, of which each has the other.</summary>
    private void ReadSums() => Guard(() =>
    {
        foreach (ZipArchiveEntry entry in _archive.Entries)
        {
            if (!_members.TryAdd(entry.FullName, entry))
            {
                throw Altered($"it holds two members '{entry.FullName}'");
            }
        }

        if (!_members.Remove(AkidaMembers.Sums, out ZipArchiveEntry? sums) || !_members.ContainsKey(AkidaMembers.Manifest))
        {
            throw NotOne(Path, $"it is an archive without '{AkidaMembers.Manifest}' and '{AkidaMembers.Sums}'");
        }

        string text = Encoding.ASCII.GetString(Content(sums, AkidaMembers.MostSums));
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length <= HexOfSum + Gap.Length || line.AsSpan(HexOfSum, Gap.Length) is not Gap
                || !_sums.TryAdd(line[(HexOfSum + Gap.Length)..], line[..HexOfSum]))
            {
                throw Altered($"the checksums in '{AkidaMembers.Sums}' are none");
            }
        }

        return _members.Keys.FirstOrDefault(name => !_sums.ContainsKey(name)) is { } unknown
            ? throw Altered($"'{AkidaMembers.Sums}' has no checksum of '{unknown}'")
            : _sums.Keys.FirstOrDefault(name => !_members.ContainsKey(name)) is { } missing
            ? throw Altered($"it has no '{missing}', of which '{AkidaMembers.Sums}' has a checksum")
            : true;
    });

    private ZipArchiveEntry Find(string name) => _members.GetValueOrDefault(name) ?? throw Altered($"it has no '{name}'");

    private byte[] ReadBytes(string name, int most)
    {
        byte[] content = Content(Find(name), most);
        return Convert.ToHexStringLower(SHA256.HashData(content)) == _sums[name] ? content : throw Wrong(name);
    }

    /// <summary>Takes memory as content comes, because the length that a member claims may be a lie.</summary>
    private byte[] Content(ZipArchiveEntry entry, int most)
    {
        if (entry.Length > most)
        {
            throw Altered($"its '{entry.FullName}' has {entry.Length} bytes, and at most {most} are read");
        }

        using Stream stream = entry.Open();
        using MemoryStream content = new();
        byte[] buffer = new byte[1 << 16];
        while (stream.Read(buffer) is var count and > 0)
        {
            if (content.Length + count > entry.Length)
            {
                throw Altered($"its '{entry.FullName}' has more bytes than the {entry.Length} that it declares");
            }

            content.Write(buffer, 0, count);
        }

        return content.ToArray();
    }

    private QuantException Wrong(string name) => Altered($"its '{name}' does not have its checksum");

    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException or NotSupportedException
            or OverflowException or FormatException)
        {
            throw Altered("a member of it cannot be unpacked", e);
        }
    }
}

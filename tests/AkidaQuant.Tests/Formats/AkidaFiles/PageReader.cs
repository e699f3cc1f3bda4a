using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AkidaQuant.Tests.Formats.AkidaFiles;

/// <summary>A variable as a file has it.</summary>
internal sealed record PageVariable(string Name, string Type, int[] Shape, double[] Values);

/// <summary>A layer as a file has it.</summary>
internal sealed record PageLayer(string Class, string Name, string[] Inbounds, JsonElement Parameters, PageVariable[] Variables);

/// <summary>A model as a file has it.</summary>
internal sealed record PageModel(string Name, int Version, bool TakesChannelsFirst, JsonElement Form, PageLayer[] Layers);

/// <summary>
/// A reader that was written from docs/akida-file.md alone: it uses nothing of the product, so that the page is known to be enough.
/// </summary>
internal sealed class PageReader
{
    private readonly Dictionary<string, byte[]> _members = [];
    private int _position;

    public PageReader(byte[] file)
    {
        using ZipArchive archive = new(new MemoryStream(file));
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using MemoryStream content = new();
            using Stream stream = entry.Open();
            stream.CopyTo(content);
            _members.Add(entry.FullName, content.ToArray());
        }

        string[] lines = Encoding.ASCII.GetString(_members["SHA256SUMS"]).TrimEnd('\n').Split('\n');
        Assert.Equal(_members.Keys.Where(name => name != "SHA256SUMS").Order(), lines.Select(line => line[66..]).Order());
        Assert.All(lines, line => Assert.Equal(line[..64], Convert.ToHexStringLower(SHA256.HashData(_members[line[66..]]))));

        using JsonDocument manifest = JsonDocument.Parse(_members["manifest.json"]);
        JsonElement root = manifest.RootElement.Clone();
        Assert.Equal("AkidaQuant Akida model", root.GetProperty("format").GetString());
        Assert.Equal(1, root.GetProperty("format_version").GetInt32());
        Model = Read(root.GetProperty("model"));
        foreach (JsonElement part in root.GetProperty("tail").EnumerateArray())
        {
            Tail.Add(part.GetProperty("kind").GetString() == "akida"
                ? Read(part.GetProperty("model"))
                : _members[part.GetProperty("file").GetString()!]);
        }

        Assert.Equal(Arrays.Length, _position);
    }

    public PageModel Model { get; }

    /// <summary>Models, and the bytes of Keras files.</summary>
    public List<object> Tail { get; } = [];

    public byte[] Arrays => _members["arrays.bin"];

    public byte[] Manifest => _members["manifest.json"];

    private PageModel Read(JsonElement model) => new(
        model.GetProperty("name").GetString()!,
        model.GetProperty("akida_version").GetInt32(),
        model.GetProperty("takes_channels_first").GetBoolean(),
        model.GetProperty("form"),
        [.. model.GetProperty("layers").EnumerateArray().Select(layer => new PageLayer(
            layer.GetProperty("class").GetString()!,
            layer.GetProperty("name").GetString()!,
            [.. layer.GetProperty("inbounds").EnumerateArray().Select(inbound => inbound.GetString()!)],
            layer.GetProperty("parameters"),
            [.. layer.GetProperty("variables").EnumerateArray().Select(ReadVariable)]))]);

    private PageVariable ReadVariable(JsonElement variable)
    {
        int[] shape = [.. variable.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
        string stored = variable.GetProperty("stored").GetString()!;
        bool isDiagonal = variable.GetProperty("diagonal").GetBoolean();
        int total = shape.Aggregate(1, (product, size) => product * size);
        int count = isDiagonal ? shape[^1] : total;
        double[] values = new double[total];
        for (int i = 0; i < count; i++)
        {
            values[isDiagonal ? i * (count + 1) : i] = Value(stored, i);
        }

        int bits = int.Parse(stored.TrimStart([.. "uintfloa"]), System.Globalization.CultureInfo.InvariantCulture);
        _position += ((count * bits) + 7) / 8;
        return new PageVariable(variable.GetProperty("name").GetString()!, variable.GetProperty("type").GetString()!, shape, values);
    }

    private double Value(string stored, int index)
    {
        ReadOnlySpan<byte> bytes = Arrays.AsSpan(_position);
        return stored switch
        {
            "uint1" => (bytes[index / 8] >> (index % 8)) & 1,
            "uint2" => (bytes[index / 4] >> (2 * (index % 4))) & 3,
            "int2" => Signed((bytes[index / 4] >> (2 * (index % 4))) & 3, 2),
            "uint4" => (bytes[index / 2] >> (4 * (index % 2))) & 15,
            "int4" => Signed((bytes[index / 2] >> (4 * (index % 2))) & 15, 4),
            "uint8" => bytes[index],
            "int8" => (sbyte)bytes[index],
            "uint16" => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * index)..]),
            "int16" => BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * index)..]),
            "int32" => BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * index)..]),
            "float32" => BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * index)..]),
            _ => throw new InvalidDataException(stored),
        };
    }

    private static int Signed(int value, int bits) => value >> (bits - 1) == 0 ? value : value - (1 << bits);
}

using System.IO.Compression;
using System.Text;
using AkidaQuant.Formats.Keras;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>Makes <c>.keras</c> files for tests.</summary>
internal static class ArchiveFile
{
    /// <summary>A file of a description and arrays by their paths.</summary>
    public static byte[] Make(string config, params (string Path, NdArray<float> Value)[] weights)
    {
        Hdf5Group root = new();
        foreach ((string path, NdArray<float> value) in weights)
        {
            root.Add(path, value);
        }

        using MemoryStream content = new();
        Hdf5Writer.Write(root, content);
        return Make(
            CompressionLevel.NoCompression,
            ("metadata.json", "{}"u8.ToArray()),
            ("config.json", Encoding.UTF8.GetBytes(config)),
            ("model.weights.h5", content.ToArray()));
    }

    /// <summary>A file of members.</summary>
    public static byte[] Make(CompressionLevel compression, params (string Name, byte[] Content)[] members)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in members)
            {
                using Stream member = archive.CreateEntry(name, compression).Open();
                member.Write(content);
            }
        }

        return stream.ToArray();
    }

    /// <summary>The same members under another compression.</summary>
    public static byte[] Recompress(byte[] file, CompressionLevel compression)
    {
        using ZipArchive archive = new(new MemoryStream(file), ZipArchiveMode.Read);
        return Make(compression, [.. archive.Entries.Select(entry => (entry.FullName, Content(entry)))]);
    }

    /// <summary>The same members and some more.</summary>
    public static byte[] With(byte[] file, params (string Name, byte[] Content)[] more)
    {
        using ZipArchive archive = new(new MemoryStream(file), ZipArchiveMode.Read);
        return Make(CompressionLevel.NoCompression, [.. archive.Entries.Select(entry => (entry.FullName, Content(entry))), .. more]);
    }

    /// <summary>The same members, one of them with another content.</summary>
    public static byte[] Change(byte[] file, string member, byte[] content)
    {
        using ZipArchive archive = new(new MemoryStream(file), ZipArchiveMode.Read);
        return Make(
            CompressionLevel.NoCompression,
            [.. archive.Entries.Select(entry => (entry.FullName, entry.FullName == member ? content : Content(entry)))]);
    }

    private static byte[] Content(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        using MemoryStream content = new();
        stream.CopyTo(content);
        return content.ToArray();
    }
}

using System.IO.Compression;
using AkidaQuant.Formats.Files;

namespace AkidaQuant.Formats.Npz;

/// <summary>Writes archives of named arrays that <c>numpy.load</c> reads (tools.md 7).</summary>
public static class NpzWriter
{
    // A fixed time makes the same arrays the same file.
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes an archive, replacing one that exists.</summary>
    /// <exception cref="QuantException">The file cannot be written.</exception>
    public static void Write(IEnumerable<KeyValuePair<string, NpyArray>> arrays, string path, bool compress = true) =>
        OutputFile.Write(path, stream => Write(arrays, stream, compress));

    /// <summary>Writes an archive to a stream.</summary>
    public static void Write(IEnumerable<KeyValuePair<string, NpyArray>> arrays, Stream stream, bool compress = true)
    {
        using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, NpyArray array) in arrays)
        {
            Add(archive, name, compress, content => NpyWriter.Write(array, content));
        }
    }

    /// <summary>Writes an archive of arrays that write themselves, without compression, to a stream.</summary>
    /// <param name="arrays">The names, and what writes a whole array with its header.</param>
    /// <param name="stream">The stream.</param>
    internal static void Write(IEnumerable<KeyValuePair<string, Action<Stream>>> arrays, Stream stream)
    {
        using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, Action<Stream> write) in arrays)
        {
            Add(archive, name, compress: false, write);
        }
    }

    private static void Add(ZipArchive archive, string name, bool compress, Action<Stream> write)
    {
        ZipArchiveEntry entry = archive.CreateEntry(
            $"{name}.npy", compress ? CompressionLevel.SmallestSize : CompressionLevel.NoCompression);
        entry.LastWriteTime = Time;
        using Stream content = entry.Open();
        write(content);
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.RegularExpressions;
using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Npz;
using Microsoft.Win32.SafeHandles;

namespace AkidaQuant.Formats.Samples;

/// <summary>
/// An IDX file, the format of MNIST, plain or gzipped: two zero bytes, the type, the rank, the dimensions of 32 bits and
/// the values, all big-endian.
/// </summary>
internal static partial class IdxFile
{
    // Deflate cannot expand its input by more; a file that claims more is a lie.
    private const long MaxExpansion = 1032;
    private const int MaxRank = 16;

    /// <summary>Whether a file is named as an IDX file, or begins as one when its name says nothing.</summary>
    public static bool IsNamed(string path)
    {
        if (NamePattern().IsMatch(Path.GetFileName(path)))
        {
            return true;
        }

        if (Path.GetExtension(path).ToLowerInvariant() is not ("" or ".gz"))
        {
            return false;
        }

        using FileStream file = InputFile.Open(path);
        try
        {
            using Stream content = Unpack(file, IsPacked(path));
            Span<byte> magic = stackalloc byte[4];
            return content.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length
                && magic[0] == 0 && magic[1] == 0 && TypeOf(magic[2]) is not null && magic[3] is > 0 and <= MaxRank;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return false;
        }
    }

    /// <summary>Reads a file of integers whole.</summary>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>, <c>FileUnreadable</c>, <c>IdxFileDamaged</c> or <c>LabelsInvalid</c>.
    /// </exception>
    public static NpyArray ReadLabels(string path, CancellationToken cancellation = default)
    {
        (SampleValues values, int[] dimensions) = ReadSamples(path, long.MaxValue, cancellation);
        Shape shape = new(dimensions);
        long[] labels = new long[shape.Size];
        long wrong = values.CopyTo(0, labels);
        return wrong < 0
            ? new NpyArray(shape, labels)
            : throw new QuantException(
                "LabelsInvalid",
                QuantErrorKind.InvalidData,
                $"The labels in '{path}' are not class numbers: number {wrong} is {values.Text(wrong)}.",
                path);
    }

    /// <summary>Reads samples: small files into memory, large ones by the batch.</summary>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>, <c>FileUnreadable</c>, <c>IdxFileDamaged</c> or <c>TemporaryFileFailed</c>.
    /// </exception>
    public static (SampleValues Values, int[] Dimensions) ReadSamples(
        string path, long memoryLimit, CancellationToken cancellation = default)
    {
        using FileStream file = InputFile.Open(path, cancellation);
        bool isPacked = IsPacked(path);
        return Guard(path, isPacked, () =>
        {
            using Stream content = Unpack(file, isPacked);
            Header header = ReadHeader(content);
            RequireLength(header, file.Length, isPacked);
            if (header.ByteCount > memoryLimit)
            {
                SafeFileHandle handle;
                long offset = header.Length;
                if (isPacked)
                {
                    (handle, long length) = TemporaryFile.Unpack(content, header.ByteCount, path);
                    offset = 0;
                    if (length != header.ByteCount)
                    {
                        handle.Dispose();
                        throw new EndOfStreamException();
                    }
                }
                else
                {
                    handle = File.OpenHandle(path);
                }

                return (FileValues.Create(new FileRegion(path, handle, offset, IsBigEndian: true), header.Type)!, header.Dimensions);
            }

            return (InMemory(ReadValues(content, header), header), header.Dimensions);
        });
    }

    private static SampleValues InMemory(byte[] bytes, Header header)
    {
        if (BitConverter.IsLittleEndian)
        {
            ByteOrder.Reverse(bytes, header.ElementSize);
        }

        Array values = header.Type switch
        {
            "uint8" => bytes,
            "int8" => Array.ConvertAll(bytes, value => (sbyte)value),
            "int16" => Cast<short>(bytes),
            "int32" => Cast<int>(bytes),
            "float32" => Cast<float>(bytes),
            _ => Cast<double>(bytes),
        };
        return SampleValues.From(values)!;
    }

    private static T[] Cast<T>(byte[] bytes)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(bytes).ToArray();

    private static byte[] ReadValues(Stream content, Header header)
    {
        if (header.ByteCount > Array.MaxLength)
        {
            throw new FormatException("it has more values than fit in memory");
        }

        byte[] bytes = new byte[header.ByteCount];
        content.ReadExactly(bytes);
        return content.ReadByte() < 0
            ? bytes
            : throw new FormatException($"more bytes follow than its dimensions {new Shape(header.Dimensions)} need");
    }

    private static Header ReadHeader(Stream content)
    {
        Span<byte> magic = stackalloc byte[4];
        content.ReadExactly(magic);
        if (magic[0] != 0 || magic[1] != 0 || TypeOf(magic[2]) is not { } type || magic[3] is 0 or > MaxRank)
        {
            throw new FormatException("it does not start as an IDX file");
        }

        int[] dimensions = new int[magic[3]];
        Span<byte> bytes = stackalloc byte[4];
        long count = 1;
        for (int i = 0; i < dimensions.Length; i++)
        {
            content.ReadExactly(bytes);
            dimensions[i] = BinaryPrimitives.ReadInt32BigEndian(bytes);
            if (dimensions[i] < 0 || (dimensions[i] > 0 && count > (1L << 48) / dimensions[i]))
            {
                throw new FormatException("its dimensions are too large");
            }

            count *= dimensions[i];
        }

        return new Header(type.Name, type.Size, dimensions, count);
    }

    private static void RequireLength(Header header, long fileLength, bool isPacked)
    {
        long most = isPacked ? fileLength * MaxExpansion : fileLength - header.Length;
        if (header.ByteCount > most || (!isPacked && header.ByteCount != most))
        {
            throw new FormatException(
                $"its dimensions {new Shape(header.Dimensions)} of {header.Type} need {header.ByteCount} bytes, but {(isPacked ? "at most " : string.Empty)}{Math.Max(0, most)} follow");
        }
    }

    private static Stream Unpack(FileStream file, bool isPacked) =>
        isPacked ? new GZipStream(file, CompressionMode.Decompress) : new BufferedStream(file);

    private static bool IsPacked(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static (string Name, int Size)? TypeOf(byte code) => code switch
    {
        0x08 => ("uint8", 1),
        0x09 => ("int8", 1),
        0x0B => ("int16", 2),
        0x0C => ("int32", 4),
        0x0D => ("float32", 4),
        0x0E => ("float64", 8),
        _ => null,
    };

    private static T Guard<T>(string path, bool isPacked, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FormatException or EndOfStreamException or InvalidDataException || (isPacked && e is IOException))
        {
            // Some damage of packed bytes is reported as if the file could not be read.
            string problem = e is FormatException ? e.Message : "it is cut off or its bytes are damaged";
            throw new QuantException(
                "IdxFileDamaged",
                QuantErrorKind.InvalidData,
                $"The IDX file '{path}' cannot be read: {problem}. Download or save it again.",
                path,
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw InputFile.Unreadable(path, e);
        }
    }

    [GeneratedRegex(@"[.-]idx(\d+-\w+)?(\.gz)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    private sealed record Header(string Type, int ElementSize, int[] Dimensions, long Count)
    {
        public long ByteCount => Count * ElementSize;

        public int Length => 4 + (4 * Dimensions.Length);
    }
}

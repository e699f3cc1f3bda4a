using System.Runtime.InteropServices;
using AkidaQuant.Formats.Files;

namespace AkidaQuant.Formats.Npz;

/// <summary>Reads arrays of numpy: format versions 1 to 3, either byte order, either index order (tools.md 7).</summary>
public static class NpyReader
{
    private const int BlockBytes = 1 << 20;

    /// <summary>Reads a <c>.npy</c> file.</summary>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>, <c>FileUnreadable</c>, <c>ArrayFileDamaged</c> or <c>ArrayTooLarge</c>.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static NpyArray Read(string path, CancellationToken cancellation = default)
    {
        using FileStream stream = InputFile.Open(path, cancellation);
        return Read(stream, stream.Length, path, path);
    }

    /// <summary>Reads an array from a stream.</summary>
    /// <param name="stream">The stream, at the start of the array.</param>
    /// <param name="available">The bytes that the stream has to offer; no more memory than that is taken.</param>
    /// <param name="what">What is read, for errors.</param>
    /// <param name="path">The file, for errors.</param>
    /// <param name="memory">The bytes of memory that there are; those of this machine when null.</param>
    internal static NpyArray Read(Stream stream, long available, string what, string path, long? memory = null)
    {
        try
        {
            NpyHeader header = NpyHeader.Read(stream);
            long count = CountElements(header, available);
            if (count > Array.MaxLength)
            {
                throw new FormatException("it has more than 2,147,483,591 elements");
            }

            long bytes = count * header.Type.Size;
            long most = memory ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            if (bytes > most)
            {
                throw new QuantException(
                    "ArrayTooLarge",
                    QuantErrorKind.NotSupported,
                    $"The array in '{what}' has {bytes} bytes, but this machine has {most} bytes of memory. Save fewer samples.",
                    path);
            }

            Array data = ReadValues(stream, header, (int)count);
            return new NpyArray(new Shape(header.Dimensions), data);
        }
        catch (Exception e) when (e is FormatException or EndOfStreamException or InvalidDataException)
        {
            throw Damaged(what, path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw InputFile.Unreadable(path, e);
        }
    }

    /// <summary>The number of elements of an array, checked against the bytes that there are.</summary>
    /// <param name="header">What the array says of itself.</param>
    /// <param name="available">The bytes of header and elements.</param>
    /// <exception cref="FormatException">There are fewer bytes than the elements need.</exception>
    internal static long CountElements(NpyHeader header, long available)
    {
        long most = (available - header.Length) / header.Type.Size;
        long count = header.Dimensions.Contains(0) ? 0 : 1;
        foreach (int dimension in header.Dimensions)
        {
            // What is more than there are stays so, and cannot overflow.
            count = count > most ? count : count * dimension;
        }

        return count <= most
            ? count
            : throw new FormatException(
                $"its shape {new Shape(header.Dimensions)} of {header.Type.Name} needs more than the {Math.Max(0, available - header.Length)} bytes that follow");
    }

    /// <summary>The error for an array whose bytes are wrong.</summary>
    internal static QuantException Damaged(string what, string path, Exception e)
    {
        string problem = e is FormatException ? e.Message : "it is cut off or its bytes are damaged";
        return new QuantException(
            "ArrayFileDamaged",
            QuantErrorKind.InvalidData,
            $"The array in '{what}' cannot be read: {problem}. Save it again with numpy.",
            path,
            e);
    }

    private static Array ReadValues(Stream stream, NpyHeader header, int count) => header.Type.Name switch
    {
        "uint8" => ReadValues<byte>(stream, header, count),
        "int8" => ReadValues<sbyte>(stream, header, count),
        "bool" => Array.ConvertAll(ReadValues<byte>(stream, header, count), value => value != 0),
        "uint16" => ReadValues<ushort>(stream, header, count),
        "int16" => ReadValues<short>(stream, header, count),
        "uint32" => ReadValues<uint>(stream, header, count),
        "int32" => ReadValues<int>(stream, header, count),
        "uint64" => ReadValues<ulong>(stream, header, count),
        "int64" => ReadValues<long>(stream, header, count),
        "float16" => ReadValues<Half>(stream, header, count),
        "float32" => ReadValues<float>(stream, header, count),
        _ => ReadValues<double>(stream, header, count),
    };

    private static T[] ReadValues<T>(Stream stream, NpyHeader header, int count)
        where T : unmanaged
    {
        T[] values = new T[count];
        int block = BlockBytes / header.Type.Size;
        for (int start = 0; start < count; start += block)
        {
            Span<byte> bytes = MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(block, count - start)));
            stream.ReadExactly(bytes);
            if (header.IsBigEndian == BitConverter.IsLittleEndian && header.Type.Size > 1)
            {
                for (int i = 0; i < bytes.Length; i += header.Type.Size)
                {
                    bytes.Slice(i, header.Type.Size).Reverse();
                }
            }
        }

        return header.IsFortranOrder && header.Dimensions.Length > 1 ? ToRowMajor(values, header.Dimensions) : values;
    }

    private static T[] ToRowMajor<T>(T[] values, int[] dimensions)
    {
        long[] strides = new long[dimensions.Length];
        long stride = 1;
        for (int i = 0; i < dimensions.Length; i++)
        {
            strides[i] = stride;
            stride *= dimensions[i];
        }

        T[] result = new T[values.Length];
        int[] index = new int[dimensions.Length];
        long source = 0;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = values[source];
            for (int axis = dimensions.Length - 1; axis >= 0; axis--)
            {
                source += strides[axis];
                if (++index[axis] < dimensions[axis])
                {
                    break;
                }

                source -= strides[axis] * dimensions[axis];
                index[axis] = 0;
            }
        }

        return result;
    }
}

using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AkidaQuant.Formats.Files;

/// <summary>Where the elements of samples lie in a file.</summary>
/// <param name="Path">The file, for errors.</param>
/// <param name="Handle">The open file; it is closed when nothing refers to it any more.</param>
/// <param name="Offset">The bytes before the first element.</param>
/// <param name="IsBigEndian">Whether the bytes of an element are in reversed order.</param>
internal sealed record FileRegion(string Path, SafeFileHandle Handle, long Offset, bool IsBigEndian);

/// <summary>Elements that stay in their file and are read from there each time.</summary>
internal sealed class FileValues<T>(FileRegion region, string type) : StreamedValues<T>(type)
    where T : unmanaged, INumber<T>
{
    /// <inheritdoc/>
    protected override void Fill(long start, Span<T> destination)
    {
        int size = Marshal.SizeOf<T>();
        Span<byte> bytes = MemoryMarshal.AsBytes(destination);
        long offset = region.Offset + (start * size);
        try
        {
            for (int done = 0; done < bytes.Length;)
            {
                int read = RandomAccess.Read(region.Handle, bytes[done..], offset + done);
                if (read == 0)
                {
                    throw new EndOfStreamException();
                }

                done += read;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw InputFile.Unreadable(region.Path, e);
        }

        if (region.IsBigEndian == BitConverter.IsLittleEndian)
        {
            ByteOrder.Reverse(bytes, size);
        }
    }
}

/// <summary>Makes elements that stay in their file.</summary>
internal static class FileValues
{
    /// <summary>The elements of a region, of a type of numpy; null for booleans, whose bytes can be anything.</summary>
    public static SampleValues? Create(FileRegion region, string type) => type switch
    {
        "uint8" => new FileValues<byte>(region, type),
        "int8" => new FileValues<sbyte>(region, type),
        "uint16" => new FileValues<ushort>(region, type),
        "int16" => new FileValues<short>(region, type),
        "uint32" => new FileValues<uint>(region, type),
        "int32" => new FileValues<int>(region, type),
        "uint64" => new FileValues<ulong>(region, type),
        "int64" => new FileValues<long>(region, type),
        "float16" => new FileValues<Half>(region, type),
        "float32" => new FileValues<float>(region, type),
        "float64" => new FileValues<double>(region, type),
        _ => null,
    };
}

/// <summary>Brings elements into the byte order of this machine.</summary>
internal static class ByteOrder
{
    /// <summary>Reverses the bytes of every element of <paramref name="size"/> bytes.</summary>
    public static void Reverse(Span<byte> bytes, int size)
    {
        for (int i = 0; size > 1 && i < bytes.Length; i += size)
        {
            bytes.Slice(i, size).Reverse();
        }
    }
}

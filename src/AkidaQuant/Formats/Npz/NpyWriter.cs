using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AkidaQuant.Formats.Files;

namespace AkidaQuant.Formats.Npz;

/// <summary>Writes arrays as numpy saves them: format version 1, little-endian, row-major (tools.md 7).</summary>
public static class NpyWriter
{
    private const int BlockBytes = 1 << 18;

    /// <summary>Writes a <c>.npy</c> file, replacing one that exists.</summary>
    /// <exception cref="QuantException">The file cannot be written.</exception>
    public static void Write(NpyArray array, string path) => OutputFile.Write(path, stream => Write(array, stream));

    /// <summary>Writes an array to a stream.</summary>
    public static void Write(NpyArray array, Stream stream)
    {
        stream.Write(NpyHeader.Create(array));
        int size = NpyElementType.Find(array.Data.GetType().GetElementType()!)!.Size;
        long length = (long)array.Data.Length * size;
        byte[] buffer = new byte[Math.Min(BlockBytes, length)];
        ref byte first = ref MemoryMarshal.GetArrayDataReference(array.Data);
        for (long start = 0; start < length; start += buffer.Length)
        {
            Span<byte> block = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - start));
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref first, (nint)start), block.Length).CopyTo(block);
            for (int i = 0; i < block.Length && !BitConverter.IsLittleEndian; i += size)
            {
                block.Slice(i, size).Reverse();
            }

            stream.Write(block);
        }
    }
}

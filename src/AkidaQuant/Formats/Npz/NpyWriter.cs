using System.Runtime.InteropServices;

namespace AkidaQuant.Formats.Npz;

/// <summary>Writes arrays as numpy saves them: format version 1, little-endian, row-major (tools.md 7).</summary>
public static class NpyWriter
{
    /// <summary>Writes a <c>.npy</c> file, replacing one that exists.</summary>
    /// <exception cref="QuantException">The file cannot be written.</exception>
    public static void Write(NpyArray array, string path) => OutputFile.Write(path, stream => Write(array, stream));

    /// <summary>Writes an array to a stream.</summary>
    public static void Write(NpyArray array, Stream stream)
    {
        stream.Write(NpyHeader.Create(array));
        switch (array.Data)
        {
            case bool[] values:
                stream.Write(Array.ConvertAll(values, value => (byte)(value ? 1 : 0)));
                break;
            case byte[] values:
                stream.Write(values);
                break;
            case sbyte[] values:
                WriteValues(values, stream);
                break;
            case ushort[] values:
                WriteValues(values, stream);
                break;
            case short[] values:
                WriteValues(values, stream);
                break;
            case uint[] values:
                WriteValues(values, stream);
                break;
            case int[] values:
                WriteValues(values, stream);
                break;
            case ulong[] values:
                WriteValues(values, stream);
                break;
            case long[] values:
                WriteValues(values, stream);
                break;
            case Half[] values:
                WriteValues(values, stream);
                break;
            case float[] values:
                WriteValues(values, stream);
                break;
            case double[] values:
                WriteValues(values, stream);
                break;
        }
    }

    private static void WriteValues<T>(T[] values, Stream stream)
        where T : unmanaged
    {
        int block = 1 << 16;
        byte[] buffer = [];
        for (int start = 0; start < values.Length; start += block)
        {
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(block, values.Length - start)));
            if (BitConverter.IsLittleEndian)
            {
                stream.Write(bytes);
                continue;
            }

            int size = Marshal.SizeOf<T>();
            buffer = bytes.ToArray();
            for (int i = 0; i < buffer.Length; i += size)
            {
                buffer.AsSpan(i, size).Reverse();
            }

            stream.Write(buffer);
        }
    }
}

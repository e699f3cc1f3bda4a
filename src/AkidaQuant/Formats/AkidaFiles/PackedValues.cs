using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace AkidaQuant.Formats.AkidaFiles;

/// <summary>
/// Values packed to their bits: the first of a byte in its lowest bits, wider ones with their lowest byte first, in two's complement where
/// they have a sign (docs/akida-file.md).
/// </summary>
internal static class PackedValues
{
    // A multiple of eight, so that a block ends with a byte.
    private const int Block = 1 << 16;
    private const int BitsOfByte = 8;

    /// <summary>The least and the greatest of some values; of floats those of their bits.</summary>
    public static ValueRange Range<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        long min = 0;
        long max = 0;
        foreach (T value in values)
        {
            long wide = long.CreateTruncating(value);
            min = Math.Min(min, wide);
            max = Math.Max(max, wide);
        }

        return new ValueRange(min, max);
    }

    /// <summary>Packs values, block by block.</summary>
    /// <param name="values">The values, those of floats as the integers that their bits are.</param>
    /// <param name="type">The type that they are packed as.</param>
    /// <param name="write">Takes the bytes of a block.</param>
    public static void Write<T>(ReadOnlySpan<T> values, StoredType type, Action<ReadOnlyMemory<byte>> write)
        where T : unmanaged, IBinaryInteger<T>
    {
        byte[] packed = new byte[type.Bytes(Math.Min(Block, values.Length))];
        for (int start = 0; start < values.Length; start += Block)
        {
            ReadOnlySpan<T> block = values.Slice(start, Math.Min(Block, values.Length - start));
            int length = (int)type.Bytes(block.Length);
            Pack(block, type.Bits, packed.AsSpan(0, length));
            write(packed.AsMemory(0, length));
        }
    }

    /// <summary>Unpacks values, block by block.</summary>
    /// <param name="count">How many.</param>
    /// <param name="type">The type that they are packed as.</param>
    /// <param name="read">Fills a block of bytes.</param>
    /// <exception cref="FormatException">A bit behind the last value is set.</exception>
    public static T[] Read<T>(int count, StoredType type, Action<Memory<byte>> read)
        where T : unmanaged, IBinaryInteger<T>
    {
        T[] values = new T[count];
        byte[] packed = new byte[type.Bytes(Math.Min(Block, count))];
        for (int start = 0; start < count; start += Block)
        {
            Span<T> block = values.AsSpan(start, Math.Min(Block, count - start));
            int length = (int)type.Bytes(block.Length);
            read(packed.AsMemory(0, length));
            Unpack(packed.AsSpan(0, length), type, block);
        }

        return values;
    }

    private static void Pack<T>(ReadOnlySpan<T> values, int bits, Span<byte> packed)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (bits < BitsOfByte)
        {
            packed.Clear();
            int perByte = BitsOfByte / bits;
            int mask = (1 << bits) - 1;
            for (int i = 0; i < values.Length; i++)
            {
                packed[i / perByte] |= (byte)((int.CreateTruncating(values[i]) & mask) << (i % perByte * bits));
            }

            return;
        }

        int width = bits / BitsOfByte;
        for (int i = 0; i < values.Length; i++)
        {
            int value = int.CreateTruncating(values[i]);
            for (int at = i * width; at < (i + 1) * width; at++, value >>= BitsOfByte)
            {
                packed[at] = (byte)value;
            }
        }
    }

    private static void Unpack<T>(ReadOnlySpan<byte> packed, StoredType type, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        // Shifted to the top and back down, the highest bit of a value becomes its sign.
        int down = 32 - type.Bits;
        if (type.Bits < BitsOfByte)
        {
            int perByte = BitsOfByte / type.Bits;
            for (int i = 0; i < values.Length; i++)
            {
                int up = packed[i / perByte] >> (i % perByte * type.Bits) << down;
                values[i] = T.CreateTruncating(type.IsSigned ? up >> down : (int)((uint)up >> down));
            }

            int rest = values.Length % perByte;
            if (rest > 0 && packed[^1] >> (rest * type.Bits) != 0)
            {
                throw new FormatException("a bit behind the last value of an array is set");
            }

            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            int value = type.Bits switch
            {
                BitsOfByte => packed[i],
                2 * BitsOfByte => BinaryPrimitives.ReadUInt16LittleEndian(packed[(2 * i)..]),
                _ => BinaryPrimitives.ReadInt32LittleEndian(packed[(4 * i)..]),
            };
            values[i] = T.CreateTruncating(type.IsSigned ? value << down >> down : value);
        }
    }

    /// <summary>The bits of floats as integers.</summary>
    public static ReadOnlySpan<int> BitsOf(float[] values) => MemoryMarshal.Cast<float, int>(values);
}

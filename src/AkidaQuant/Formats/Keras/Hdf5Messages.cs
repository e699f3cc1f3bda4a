using System.Buffers.Binary;

namespace AkidaQuant.Formats.Keras;

/// <summary>Checks the parts of an object's description that give sizes: types, fill values, attributes (tools.md 4.3).</summary>
internal static class Hdf5Messages
{
    private const int MaxTypeDepth = 4;

    /// <summary>The bit of types whose bytes are neither in the one nor in the other order.</summary>
    private const int MixedOrder = 0x40;

    /// <summary>Checks a type of elements.</summary>
    /// <exception cref="Hdf5DamageException">An element is larger than the file, or of a kind that Keras never writes.</exception>
    public static void CheckType(ReadOnlySpan<byte> data, int fileLength, int depth = 0)
    {
        const int Float = 1, Compound = 6, Enumeration = 8, VariableLength = 9, Array = 10, VariableLengthSize = 16;
        if (depth > MaxTypeDepth)
        {
            throw new Hdf5DamageException("a type is nested deeper than Keras files need");
        }

        if (data.Length < 8)
        {
            return;
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
        if (size > fileLength)
        {
            throw new Hdf5DamageException("an element is larger than the file");
        }

        switch (data[0] & 0x0F)
        {
            case Float when (data[1] & MixedOrder) != 0:
                throw new Hdf5UnsupportedException("its numbers have the byte order of VAX. Load the model in Keras and save it again");
            case Float when data.Length >= 16 && !Hdf5Patches.IsBrainFloat(data)
                && (size, data[13], data[15]) is not ((2, 5, 10) or (4, 8, 23) or (8, 11, 52)):
                throw new Hdf5DamageException("it holds numbers that are not float16, bfloat16, float32 or float64");
            case Compound or Array:
                throw new Hdf5DamageException("it holds records or arrays of arrays, which Keras files do not");
            case VariableLength when size != VariableLengthSize:
                throw new Hdf5DamageException("the references to its texts do not have their size");
            case Enumeration or VariableLength:
                CheckType(data[8..], fileLength, depth + 1);
                break;
        }
    }

    /// <summary>Checks the value of elements that were never written.</summary>
    /// <exception cref="Hdf5DamageException">It is larger than the description that holds it.</exception>
    public static void CheckFillValue(ReadOnlySpan<byte> data, bool isOld)
    {
        int at = isOld ? 0 : data.Length > 0 && data[0] == 3 ? 2 : 4;
        bool isDefined = isOld || data.Length < 4 || data[0] switch { 1 => true, 2 => data[3] != 0, _ => (data[1] & 0x20) != 0 };
        if (isDefined && data.Length >= at + 4 && BinaryPrimitives.ReadUInt32LittleEndian(data[at..]) > data.Length - at - 4)
        {
            throw new Hdf5DamageException("a fill value is larger than its description");
        }
    }

    /// <summary>Checks an attribute: that its values fit into it.</summary>
    /// <returns>Its values where they are references to texts, which are elsewhere; nothing for others.</returns>
    /// <exception cref="Hdf5DamageException">They do not, or its type is not one that Keras writes.</exception>
    public static ReadOnlySpan<byte> CheckAttribute(ReadOnlySpan<byte> data, int fileLength)
    {
        const int VariableLength = 9;
        if (data.Length < 9)
        {
            return [];
        }

        int version = data[0];
        if (version > 1 && (data[1] & 3) != 0)
        {
            throw new Hdf5DamageException("it shares a description between attributes, which Keras files do not");
        }

        int start = version >= 3 ? 9 : 8;
        int type = start + Padded(data[2..], version);
        int space = type + Padded(data[4..], version);
        int values = space + Padded(data[6..], version);
        if (values > data.Length || space - type < 8 || values - space < 4)
        {
            throw new Hdf5DamageException("an attribute is larger than its description");
        }

        CheckType(data[type..space], fileLength);
        UInt128 size = BinaryPrimitives.ReadUInt32LittleEndian(data[(type + 4)..]);
        int dimensions = space + (data[space] == 1 ? 8 : 4);
        for (int i = 0; i < data[space + 1]; i++)
        {
            int at = dimensions + (i * 8);
            if (at + 8 > values)
            {
                throw new Hdf5DamageException("an attribute has more dimensions than its description");
            }

            size *= BinaryPrimitives.ReadUInt64LittleEndian(data[at..]);
            if (size > (ulong)(data.Length - values))
            {
                throw new Hdf5DamageException("the values of an attribute are larger than its description");
            }
        }

        return (data[type] & 0x0F) == VariableLength && size <= (ulong)(data.Length - values) ? data.Slice(values, (int)size) : [];
    }

    private static int Padded(ReadOnlySpan<byte> sizeField, int version)
    {
        int size = BinaryPrimitives.ReadUInt16LittleEndian(sizeField);
        return version == 1 ? (size + 7) & ~7 : size;
    }
}

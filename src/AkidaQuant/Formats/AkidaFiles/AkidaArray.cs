using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Formats.AkidaFiles;

/// <summary>A variable of a layer as a file has it (docs/akida-file.md).</summary>
/// <param name="Name">The name of the variable.</param>
/// <param name="Type">The type of its values.</param>
/// <param name="Shape">All of its dimensions.</param>
/// <param name="Stored">The type that they are packed as.</param>
/// <param name="IsDiagonal">Whether the file has the diagonal of the last two dimensions only; all other values are 0.</param>
internal sealed record AkidaArray(string Name, string Type, Shape Shape, StoredType Stored, bool IsDiagonal)
{
    /// <summary>The number of values that the file has of it.</summary>
    public int Count => IsDiagonal ? Shape.Channels : Shape.Size;

    /// <summary>The bytes that all values take in memory.</summary>
    public long Bytes => (long)Shape.Size * SampleValues.SizeOf(Type)!.Value;

    /// <summary>What is to be stored of a variable.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its values.</param>
    /// <param name="write">Packs its values, to whoever takes their bytes.</param>
    public static AkidaArray Of(string name, object value, out Action<Action<ReadOnlyMemory<byte>>> write)
    {
        switch (value)
        {
            case NdArray<sbyte> array:
                return Of(name, "int8", array.Compact(), out write);
            case NdArray<byte> array:
                return Of(name, "uint8", array.Compact(), out write);
            case NdArray<short> array:
                return Of(name, "int16", array.Compact(), out write);
            case NdArray<ushort> array:
                return Of(name, "uint16", array.Compact(), out write);
            case NdArray<int> array:
                return Of(name, "int32", array.Compact(), out write);
            case NdArray<float> array:
                NdArray<float> compact = array.Compact();
                AkidaArray stored = new(name, "float32", array.Shape, StoredType.For("float32", default), compact.Diagonal is not null);
                write = take => PackedValues.Write(PackedValues.BitsOf(compact.Held()), stored.Stored, take);
                return stored;
            default:
                throw new ArgumentException($"The variable '{name}' is no array of a layer.", nameof(value));
        }
    }

    /// <summary>Reads the values and makes them the variable.</summary>
    /// <param name="variables">The variables of the layer.</param>
    /// <param name="read">Fills a block of bytes.</param>
    /// <exception cref="FormatException">A bit behind the last value is set.</exception>
    public void Read(AkidaVariables variables, Action<Memory<byte>> read)
    {
        switch (Type)
        {
            case "int8":
                variables.Add(Name, Filled(PackedValues.Read<sbyte>(Count, Stored, read)));
                break;
            case "uint8":
                variables.Add(Name, Filled(PackedValues.Read<byte>(Count, Stored, read)));
                break;
            case "int16":
                variables.Add(Name, Filled(PackedValues.Read<short>(Count, Stored, read)));
                break;
            case "uint16":
                variables.Add(Name, Filled(PackedValues.Read<ushort>(Count, Stored, read)));
                break;
            case "int32":
                variables.Add(Name, Filled(PackedValues.Read<int>(Count, Stored, read)));
                break;
            default:
                variables.Add(
                    Name, Filled(Array.ConvertAll(PackedValues.Read<int>(Count, Stored, read), BitConverter.Int32BitsToSingle)));
                break;
        }
    }

    private static AkidaArray Of<T>(string name, string type, NdArray<T> array, out Action<Action<ReadOnlyMemory<byte>>> write)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        StoredType stored = StoredType.For(type, PackedValues.Range<T>(array.Held()));
        write = take => PackedValues.Write<T>(array.Held(), stored, take);
        return new AkidaArray(name, type, array.Shape, stored, array.Diagonal is not null);
    }

    private NdArray<T> Filled<T>(T[] values) =>
        IsDiagonal ? new NdArray<T>(Shape, []) { Diagonal = values } : new NdArray<T>(Shape, values);
}

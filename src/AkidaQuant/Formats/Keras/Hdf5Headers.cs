namespace AkidaQuant.Formats.Keras;

/// <summary>Object headers of HDF5 files: types, sizes and attributes as messages (tools.md 4.3).</summary>
internal static class Hdf5Headers
{
    private const int DataspaceMessage = 0x01;
    private const int DatatypeMessage = 0x03;
    private const int FillValueMessage = 0x05;
    private const int LayoutMessage = 0x08;
    private const int AttributeMessage = 0x0C;
    private const int SymbolTableMessage = 0x11;
    private const byte Constant = 1;

    private static readonly byte[] Float32 = Convert.FromHexString("11201F000400000000002000170800177F000000");
    private static readonly byte[] Float64 = Convert.FromHexString("11203F000800000000004000340B0034FF030000");
    private static readonly byte[] AsciiText = Convert.FromHexString("1901000010000000100000000100000000000800");
    private static readonly byte[] Utf8Text = Convert.FromHexString("1901010010000000100000000100000000000800");

    /// <summary>The header of a group.</summary>
    /// <param name="group">The group, whose attributes go into the header.</param>
    /// <param name="tree">The address of its B-tree.</param>
    /// <param name="heap">The address of its heap of names.</param>
    /// <param name="texts">Where the texts of attributes lie.</param>
    public static byte[] OfGroup(Hdf5Group group, ulong tree, ulong heap, Hdf5TextHeap texts)
    {
        List<byte[]> messages = [Message(SymbolTableMessage, 0, new Hdf5Buffer().UInt64(tree).UInt64(heap))];
        messages.AddRange(group.Attributes.Select(attribute => Message(AttributeMessage, 0, OfAttribute(attribute, texts))));
        return Header(messages);
    }

    /// <summary>The header of an array of float32 whose values lie at an address.</summary>
    public static byte[] OfDataset(Shape shape, ulong address)
    {
        ulong size = (ulong)shape.Aggregate(1L, (product, dimension) => product * dimension) * sizeof(float);
        Hdf5Buffer layout = new Hdf5Buffer().Bytes(3, 1).UInt64(size == 0 ? Hdf5Buffer.NoAddress : address).UInt64(size);
        return Header(
        [
            Message(DataspaceMessage, 0, Dataspace(shape)),
            Message(DatatypeMessage, Constant, new Hdf5Buffer().Bytes(Float32)),
            Message(FillValueMessage, Constant, new Hdf5Buffer().Bytes(2, 2, 2, 1).UInt32(0)),
            Message(LayoutMessage, 0, layout),
        ]);
    }

    private static Hdf5Buffer OfAttribute(Hdf5Attribute attribute, Hdf5TextHeap texts)
    {
        (byte[] type, Shape shape, byte[] data) = attribute switch
        {
            Hdf5Text text => (text.IsUtf8 ? Utf8Text : AsciiText, Shape.Scalar, texts.Reference(text.Value)),
            Hdf5Texts { Values.Count: 0 } => (Float64, new Shape(0), []),
            Hdf5Texts list => (AsciiText, new Shape(list.Values.Count), [.. list.Values.SelectMany(texts.Reference)]),
            Hdf5FixedTexts list => (
                new Hdf5Buffer().Bytes(0x13, 1, 0, 0).UInt32(list.FieldSize).ToArray(),
                new Shape(list.Values.Count),
                [.. list.Values.SelectMany(value => new Hdf5Buffer().Bytes(value).Zeros(list.FieldSize - value.Length).ToArray())]),
            _ => throw new ArgumentException($"{attribute} has no form in HDF5.", nameof(attribute)),
        };
        byte[] name = [.. Hdf5Names.Bytes(attribute.Name), 0];
        Hdf5Buffer space = Dataspace(shape);
        return new Hdf5Buffer().Bytes(1, 0).UInt16(name.Length).UInt16(type.Length).UInt16(space.Length)
            .Bytes(name).Pad().Bytes(type).Pad().Bytes(space.ToArray()).Pad().Bytes(data);
    }

    private static Hdf5Buffer Dataspace(Shape shape)
    {
        Hdf5Buffer space = new Hdf5Buffer().Bytes(1, (byte)shape.Rank, (byte)(shape.Rank > 0 ? 1 : 0)).Zeros(5);
        for (int copy = 0; copy < 2; copy++)
        {
            foreach (int dimension in shape)
            {
                space.UInt64((ulong)dimension);
            }
        }

        return space;
    }

    private static byte[] Message(int type, byte flags, Hdf5Buffer data)
    {
        data.Pad();
        return new Hdf5Buffer().UInt16(type).UInt16(data.Length).Bytes(flags).Zeros(3).Bytes(data.ToArray()).ToArray();
    }

    private static byte[] Header(List<byte[]> messages)
    {
        Hdf5Buffer header = new Hdf5Buffer()
            .Bytes(1, 0)
            .UInt16(messages.Count)
            .UInt32(1)
            .UInt32(messages.Sum(message => message.Length))
            .Zeros(4);
        messages.ForEach(message => header.Bytes(message));
        return header.ToArray();
    }
}

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>The types of tensor elements, under the numbers that files give them.</summary>
internal enum OnnxElementType
{
    /// <summary>No type given.</summary>
    Undefined = 0,

    /// <summary>32 bits.</summary>
    Float = 1,

    /// <summary>Unsigned, 8 bits.</summary>
    UInt8 = 2,

    /// <summary>Signed, 8 bits.</summary>
    Int8 = 3,

    /// <summary>Unsigned, 16 bits.</summary>
    UInt16 = 4,

    /// <summary>Signed, 16 bits.</summary>
    Int16 = 5,

    /// <summary>Signed, 32 bits.</summary>
    Int32 = 6,

    /// <summary>Signed, 64 bits.</summary>
    Int64 = 7,

    /// <summary>Truth values, one a byte.</summary>
    Bool = 9,

    /// <summary>Half precision.</summary>
    Float16 = 10,

    /// <summary>Double precision.</summary>
    Double = 11,

    /// <summary>Unsigned, 32 bits.</summary>
    UInt32 = 12,

    /// <summary>Unsigned, 64 bits.</summary>
    UInt64 = 13,

    /// <summary>The upper half of a float.</summary>
    BFloat16 = 16,

    /// <summary>Unsigned, 4 bits, two of them a byte.</summary>
    UInt4 = 21,

    /// <summary>Signed, 4 bits, two of them a byte.</summary>
    Int4 = 22,
}

/// <summary>What the importer needs to know of element types.</summary>
internal static class OnnxElementTypes
{
    /// <summary>The name of a type as people write it, such as int64, for messages.</summary>
    public static string Word(this OnnxElementType type) => type.ToString().ToLowerInvariant();

    /// <summary>Whether values have a fraction.</summary>
    public static bool IsFloat(this OnnxElementType type) =>
        type is OnnxElementType.Float or OnnxElementType.Float16 or OnnxElementType.Double or OnnxElementType.BFloat16;

    /// <summary>Whether two elements are stored in a byte, the first in its lower half.</summary>
    public static bool IsHalfByte(this OnnxElementType type) => type is OnnxElementType.UInt4 or OnnxElementType.Int4;

    /// <summary>The least and greatest integers of a type that quantizers round to; null for other types.</summary>
    public static (long Least, long Greatest)? IntegerRange(this OnnxElementType type) => type switch
    {
        OnnxElementType.UInt4 => (0, 15),
        OnnxElementType.Int4 => (-8, 7),
        OnnxElementType.UInt8 => (byte.MinValue, byte.MaxValue),
        OnnxElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        OnnxElementType.UInt16 => (ushort.MinValue, ushort.MaxValue),
        OnnxElementType.Int16 => (short.MinValue, short.MaxValue),
        OnnxElementType.Int32 => (int.MinValue, int.MaxValue),
        _ => null,
    };

    /// <summary>Bytes of so many elements in raw storage; 0 for types that are not read.</summary>
    public static long Size(this OnnxElementType type, int count) =>
        type.IsHalfByte() ? ((long)count + 1) / 2 : (long)count * type.Size();

    /// <summary>Bytes of an element in raw storage; 0 for types that are not read, or have no whole bytes.</summary>
    public static int Size(this OnnxElementType type) => type switch
    {
        OnnxElementType.UInt8 or OnnxElementType.Int8 or OnnxElementType.Bool => 1,
        OnnxElementType.UInt16 or OnnxElementType.Int16 or OnnxElementType.Float16 or OnnxElementType.BFloat16 => 2,
        OnnxElementType.Float or OnnxElementType.Int32 or OnnxElementType.UInt32 => 4,
        OnnxElementType.Double or OnnxElementType.Int64 or OnnxElementType.UInt64 => 8,
        _ => 0,
    };

    /// <summary>The type of typed samples; null where samples are floats or no such type exists.</summary>
    public static IntegerType? SampleType(this OnnxElementType type) => type switch
    {
        OnnxElementType.UInt8 => IntegerType.UInt8,
        OnnxElementType.Int8 => IntegerType.Int8,
        OnnxElementType.UInt16 => IntegerType.UInt16,
        OnnxElementType.Int16 => IntegerType.Int16,
        OnnxElementType.UInt32 => IntegerType.UInt32,
        OnnxElementType.Int32 => IntegerType.Int32,
        _ => null,
    };
}

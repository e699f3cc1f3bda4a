using System.Runtime.InteropServices;

namespace AkidaQuant.Formats.Objects;

/// <summary>The types of the elements of arrays, by their numbers in the form.</summary>
internal static class ElementTypes
{
    private static readonly Type[] Types =
    [
        typeof(byte), typeof(sbyte), typeof(ushort), typeof(short), typeof(uint), typeof(int), typeof(long), typeof(float), typeof(double),
    ];

    /// <summary>The number of a type; null when arrays of it are not kept.</summary>
    public static byte? CodeOf(Type type) => Array.IndexOf(Types, type) is >= 0 and var code ? (byte)code : null;

    /// <summary>The type of a number; null when there is none.</summary>
    public static Type? Of(byte code) => code < Types.Length ? Types[code] : null;

    /// <summary>The bytes that an element takes.</summary>
    public static int SizeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte or TypeCode.SByte => 1,
        TypeCode.UInt16 or TypeCode.Int16 => 2,
        TypeCode.UInt32 or TypeCode.Int32 or TypeCode.Single => 4,
        _ => 8,
    };

    /// <summary>The bytes of an array, as they are in memory.</summary>
    public static ReadOnlySpan<byte> Bytes(Array values) =>
        MemoryMarshal.CreateReadOnlySpan(
            ref MemoryMarshal.GetArrayDataReference(values), values.Length * SizeOf(values.GetType().GetElementType()!));

    /// <summary>The array of such bytes.</summary>
    public static Array FromBytes(Type type, byte[] bytes)
    {
        int size = SizeOf(type);
        var values = Array.CreateInstance(type, bytes.Length / size);
        Buffer.BlockCopy(bytes, 0, values, 0, values.Length * size);
        return values;
    }
}

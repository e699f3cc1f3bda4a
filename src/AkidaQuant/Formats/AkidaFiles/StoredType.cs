using System.Collections.Frozen;

namespace AkidaQuant.Formats.AkidaFiles;

/// <summary>The type that the values of an array have in a file: the narrowest that holds them (docs/akida-file.md).</summary>
/// <param name="Name">Its name in manifests.</param>
/// <param name="Bits">The bits of a value.</param>
/// <param name="IsSigned">Whether it has negative values.</param>
internal sealed record StoredType(string Name, int Bits, bool IsSigned)
{
    private static readonly StoredType Float32 = new("float32", 32, IsSigned: true);

    // The narrowest first; of two as narrow the one without a sign.
    private static readonly StoredType[] Integers =
    [
        new("uint1", 1, IsSigned: false),
        new("uint2", 2, IsSigned: false),
        new("int2", 2, IsSigned: true),
        new("uint4", 4, IsSigned: false),
        new("int4", 4, IsSigned: true),
        new("uint8", 8, IsSigned: false),
        new("int8", 8, IsSigned: true),
        new("uint16", 16, IsSigned: false),
        new("int16", 16, IsSigned: true),
        new("int32", 32, IsSigned: true),
    ];

    /// <summary>The types that variables have, by name, each with the integers that it holds; all for floats.</summary>
    private static readonly FrozenDictionary<string, ValueRange> VariableTypes = new Dictionary<string, ValueRange>
    {
        ["int8"] = ValueRange.OfBits(7),
        ["uint8"] = new(0, byte.MaxValue),
        ["int16"] = ValueRange.OfBits(15),
        ["uint16"] = new(0, ushort.MaxValue),
        ["int32"] = ValueRange.OfBits(31),
        ["float32"] = ValueRange.OfBits(31),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names of the types that variables have.</summary>
    public static IEnumerable<string> Variables => VariableTypes.Keys;

    private ValueRange Range => IsSigned ? ValueRange.OfBits(Bits - 1) : new ValueRange(0, (1L << Bits) - 1);

    /// <summary>The narrowest type for values of a variable.</summary>
    /// <param name="variable">The type of the variable.</param>
    /// <param name="values">The least and the greatest value.</param>
    public static StoredType For(string variable, ValueRange values) =>
        variable == Float32.Name ? Float32 : Integers.First(type => type.Holds(values) && type.Fits(variable));

    /// <summary>
    /// The type of that name for a variable of some type; null where there is none, or it has values that the variable cannot have.
    /// </summary>
    public static StoredType? Find(string name, string variable) =>
        !VariableTypes.ContainsKey(variable) ? null
        : variable == Float32.Name ? (name == Float32.Name ? Float32 : null)
        : Array.Find(Integers, type => type.Name == name && type.Fits(variable));

    /// <summary>The bytes that some values take.</summary>
    public long Bytes(long count) => BitWidths.Bytes(count, Bits);

    private bool Holds(ValueRange values) => values.Min >= Range.Min && values.Max <= Range.Max;

    private bool Fits(string variable) => VariableTypes[variable] is var range && Range.Min >= range.Min && Range.Max <= range.Max;
}

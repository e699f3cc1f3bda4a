using System.Globalization;

namespace AkidaQuant.Formats.Npz;

/// <summary>An element type of numpy: its code in files, its name, and its type here.</summary>
internal sealed record NpyElementType(string Code, string Name, Type Type, int Size)
{
    /// <summary>The most letters of a text.</summary>
    public const int MostLetters = 1 << 20;

    private static readonly NpyElementType[] All =
    [
        new("u1", "uint8", typeof(byte), 1),
        new("i1", "int8", typeof(sbyte), 1),
        new("b1", "bool", typeof(bool), 1),
        new("u2", "uint16", typeof(ushort), 2),
        new("i2", "int16", typeof(short), 2),
        new("u4", "uint32", typeof(uint), 4),
        new("i4", "int32", typeof(int), 4),
        new("u8", "uint64", typeof(ulong), 8),
        new("i8", "int64", typeof(long), 8),
        new("f2", "float16", typeof(Half), 2),
        new("f4", "float32", typeof(float), 4),
        new("f8", "float64", typeof(double), 8),
    ];

    /// <summary>The type as it stands in headers: byte order, then the code.</summary>
    public string Description => (Size == 1 ? "|" : "<") + Code;

    /// <summary>The type of a code without byte order, null when it is none of these.</summary>
    public static NpyElementType? Find(string code) => Array.Find(All, type => type.Code == code);

    /// <summary>The type of that name, which is one of these.</summary>
    public static NpyElementType Named(string name) => Array.Find(All, type => type.Name == name)!;

    /// <summary>Texts of as many letters, of 32 bits each.</summary>
    public static NpyElementType Text(int letters) => new(
        string.Create(CultureInfo.InvariantCulture, $"U{letters}"), "text", typeof(string), letters * sizeof(int));

    /// <summary>The texts of a code without byte order, null when it is none of texts, or of more letters than are read.</summary>
    public static NpyElementType? FindText(string code) =>
        code.StartsWith('U') && int.TryParse(code.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int letters)
        && letters is > 0 and <= MostLetters
            ? Text(letters)
            : null;

    /// <summary>The type that is held here as <paramref name="type"/>, null when there is none.</summary>
    public static NpyElementType? Find(Type type) => Array.Find(All, candidate => candidate.Type == type);
}

namespace AkidaQuant.Tensors;

/// <summary>The integer types of inputs.</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such enumerations, and of others the numbers.</remarks>
public enum IntegerType : long
{
    /// <summary>8 bits, 0 to 255.</summary>
    UInt8,

    /// <summary>8 bits, -128 to 127.</summary>
    Int8,

    /// <summary>16 bits, 0 to 65535.</summary>
    UInt16,

    /// <summary>16 bits, -32768 to 32767.</summary>
    Int16,

    /// <summary>32 bits, 0 to 4294967295.</summary>
    UInt32,

    /// <summary>32 bits, signed.</summary>
    Int32,
}

/// <summary>Facts about integer types.</summary>
public static class IntegerTypes
{
    /// <summary>The number of bits, sign included.</summary>
    public static int Bits(this IntegerType type) => type switch
    {
        IntegerType.UInt8 or IntegerType.Int8 => 8,
        IntegerType.UInt16 or IntegerType.Int16 => 16,
        _ => 32,
    };

    /// <summary>Whether negative values exist.</summary>
    public static bool IsSigned(this IntegerType type) => type is IntegerType.Int8 or IntegerType.Int16 or IntegerType.Int32;

    /// <summary>The signed type of as many bits.</summary>
    public static IntegerType Signed(this IntegerType type) => type switch
    {
        IntegerType.UInt8 or IntegerType.Int8 => IntegerType.Int8,
        IntegerType.UInt16 or IntegerType.Int16 => IntegerType.Int16,
        _ => IntegerType.Int32,
    };

    /// <summary>Magnitude bits: the sign left out (numerics.md 1.1).</summary>
    public static int ValueBits(this IntegerType type) => type.Bits() - (type.IsSigned() ? 1 : 0);

    /// <summary>The values that the type holds.</summary>
    public static ValueRange Range(this IntegerType type) =>
        type.IsSigned() ? ValueRange.OfBits(type.ValueBits()) : new ValueRange(0, (1L << type.Bits()) - 1);

    /// <summary>The name in files and parameters: <c>uint8</c>.</summary>
    public static string FileName(this IntegerType type) => type.ToString().ToLowerInvariant();

    /// <summary>The type of that name, null when it is none of these.</summary>
    public static IntegerType? Parse(string name)
    {
        foreach (IntegerType type in Enum.GetValues<IntegerType>())
        {
            if (string.Equals(type.ToString(), name, StringComparison.OrdinalIgnoreCase))
            {
                return type;
            }
        }

        return null;
    }
}

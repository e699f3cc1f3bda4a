using AkidaQuant.Formats.AkidaFiles;
using CsCheck;

namespace AkidaQuant.Tests.Formats.AkidaFiles;

/// <summary>Values packed to their bits.</summary>
public sealed class PackedValuesTests
{
    private static readonly (string Stored, int Min, int Max)[] Types =
    [
        ("uint1", 0, 1), ("uint2", 0, 3), ("int2", -2, 1), ("uint4", 0, 15), ("int4", -8, 7), ("uint8", 0, 255), ("int8", -128, 127),
        ("uint16", 0, 65535), ("int16", -32768, 32767), ("int32", int.MinValue, int.MaxValue),
    ];

    [Fact]
    public void Values_of_every_type_come_back() =>
        Gen.Select(Gen.Int[0, Types.Length - 1], Gen.Int[0, 70_000], Gen.Int).Sample(
            (index, count, seed) =>
            {
                (string name, int min, int max) = Types[index];
                Random random = new(seed);
                int[] values = [.. Enumerable.Range(0, count).Select(_ => (int)random.NextInt64(min, (long)max + 1))];
                StoredType type = StoredType.Find(name, "int32")!;
                using MemoryStream stream = new();
                PackedValues.Write<int>(values, type, bytes => stream.Write(bytes.Span));
                Assert.Equal(type.Bytes(count), stream.Length);
                stream.Position = 0;
                Assert.Equal(values, PackedValues.Read<int>(count, type, bytes => stream.ReadExactly(bytes.Span)));
            },
            iter: 60,
            threads: 1);

    [Theory]
    [InlineData(0, 0, "uint1")]
    [InlineData(0, 1, "uint1")]
    [InlineData(-1, 1, "int2")]
    [InlineData(0, 3, "uint2")]
    [InlineData(-7, 7, "int4")]
    [InlineData(0, 15, "uint4")]
    [InlineData(-8, 8, "int8")]
    [InlineData(0, 255, "uint8")]
    [InlineData(0, 65535, "uint16")]
    [InlineData(-129, 5, "int16")]
    [InlineData(0, 65536, "int32")]
    public void The_narrowest_type_is_taken(int min, int max, string expected) =>
        Assert.Equal(expected, StoredType.For("int32", new ValueRange(min, max)).Name);

    [Fact]
    public void A_type_has_no_values_that_the_variable_cannot_have()
    {
        Assert.Null(StoredType.Find("uint8", "int8"));
        Assert.Null(StoredType.Find("int2", "uint8"));
        Assert.Null(StoredType.Find("int8", "float32"));
        Assert.Null(StoredType.Find("int8", "int64"));
        Assert.Equal("int8", StoredType.For("int8", new ValueRange(0, 100)).Name);
    }

    [Fact]
    public void Bits_behind_the_last_value_are_refused() =>
        Assert.Throws<FormatException>(() => PackedValues.Read<sbyte>(
            3, StoredType.Find("int2", "int8")!, bytes => bytes.Span.Fill(0x40)));

    [Fact]
    public void The_first_value_stands_in_the_lowest_bits()
    {
        List<byte> bytes = [];
        PackedValues.Write<sbyte>([1, -1, 0, -2, 1], StoredType.Find("int2", "int8")!, block => bytes.AddRange(block.ToArray()));
        Assert.Equal([0b10_00_11_01, 0b01], bytes);
    }
}

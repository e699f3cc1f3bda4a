using System.Runtime.InteropServices;
using CsCheck;

namespace AkidaQuant.Tests.Tensors;

/// <summary>Unsigned integers less half their range, whatever they are read as.</summary>
public sealed class ShiftedValuesTests
{
    [Fact]
    public void Bytes_become_signed_ones() => Gen.Byte.Array[1, 40].Sample(
        values =>
        {
            SampleSet shifted = SampleSet.FromArray(values, new Shape(1)).Shifted(IntegerType.UInt8);
            Check(shifted, "int8", [.. values.Select(value => value - 128L)]);
            sbyte[] stored = new sbyte[values.Length];
            shifted.CopyStored(0, values.Length, MemoryMarshal.AsBytes(stored.AsSpan()));
            Assert.Equal(values.Select(value => (sbyte)(value - 128)), stored);
            short[] narrow = new short[values.Length];
            Assert.True(shifted.TryCopyTo(0, values.Length, narrow, IntegerType.Int8.Range()));
            Assert.Equal(values.Select(value => (short)(value - 128)), narrow);
        },
        iter: 50,
        threads: 1);

    [Fact]
    public void Words_become_signed_ones() => Gen.UShort.Array[1, 40].Sample(
        values =>
        {
            SampleSet shifted = SampleSet.FromArray(values, new Shape(1)).Shifted(IntegerType.UInt16);
            Check(shifted, "int16", [.. values.Select(value => value - 32768L)]);
            short[] stored = new short[values.Length];
            shifted.CopyStored(0, values.Length, MemoryMarshal.AsBytes(stored.AsSpan()));
            Assert.Equal(values.Select(value => (short)(value - 32768)), stored);
        },
        iter: 50,
        threads: 1);

    [Fact]
    public void Integers_of_another_type_are_shifted_too()
    {
        SampleSet shifted = SampleSet.FromArray(new[] { 0d, 1, 255 }, new Shape(3)).Shifted(IntegerType.UInt8);
        Check(shifted, "float32", [-128, -127, 127]);
        float[] stored = new float[3];
        shifted.CopyStored(0, 1, MemoryMarshal.AsBytes(stored.AsSpan()));
        Assert.Equal([-128f, -127f, 127f], stored);
    }

    private static void Check(SampleSet shifted, string type, long[] expected)
    {
        Assert.NotNull(shifted.ShiftedType);
        Assert.Equal(type, shifted.DType);
        int size = shifted.SampleShape.Size;
        long[] integers = new long[expected.Length];
        shifted.CopyTo(0, expected.Length / size, integers);
        Assert.Equal(expected, integers);
        float[] floats = new float[expected.Length];
        shifted.CopyTo(0, expected.Length / size, floats);
        Assert.Equal(expected.Select(value => (float)value), floats);
    }
}

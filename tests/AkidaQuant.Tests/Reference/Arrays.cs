namespace AkidaQuant.Tests.Reference;

/// <summary>Short forms for the arrays of worked examples.</summary>
internal static class Arrays
{
    public static ScalarOrVector<float> Scale(float value) => ScalarOrVector<float>.Scalar(value);

    public static ScalarOrVector<float> Scales(params float[] values) => ScalarOrVector<float>.Vector(values);

    public static ScalarOrVector<int> Bits(int value) => ScalarOrVector<int>.Scalar(value);

    public static ScalarOrVector<int> BitsOf(params int[] values) => ScalarOrVector<int>.Vector(values);

    public static NdArray<float> Scalar(float value) => NdArray<float>.Scalar(value);

    public static NdArray<float> Vector(params float[] values) => NdArray<float>.Vector(values);

    public static NdArray<T> Matrix<T>(params T[][] rows) => new(new Shape(rows.Length, rows[0].Length), [.. rows.SelectMany(row => row)]);

    public static float[] FromBits(params uint[] bits) => Array.ConvertAll(bits, BitConverter.UInt32BitsToSingle);

    public static string IdOf(Action action) => Assert.Throws<QuantException>(action).Id;

    /// <summary>A vector with one binary point.</summary>
    public static FixedPoint Fixed(long[] values, int valueBits, int fracBits) => new(NdArray<long>.Vector(values), valueBits, fracBits);

    /// <summary>A vector with a binary point for each element.</summary>
    public static FixedPoint Fixed(long[] values, int valueBits, int[] fracBits) =>
        new(NdArray<long>.Vector(values), valueBits, BitsOf(fracBits));

    /// <summary>A matrix whose columns are the channels.</summary>
    public static FixedPoint Fixed(long[][] values, int valueBits, params int[] fracBits) =>
        new(Matrix(values), valueBits, fracBits.Length == 1 ? Bits(fracBits[0]) : BitsOf(fracBits));

    /// <summary>A tensor of the given shape with one binary point.</summary>
    public static FixedPoint Fixed(int[] shape, long[] values, int valueBits, int fracBits) =>
        new(new NdArray<long>(new Shape(shape), values), valueBits, fracBits);

    /// <summary>Checks the integers, value bits and fractional bits.</summary>
    public static void Check(FixedPoint actual, long[] values, int valueBits, ScalarOrVector<int> fracBits)
    {
        Assert.Equal(values, actual.Values.Values);
        Assert.Equal(valueBits, actual.ValueBits);
        Assert.Equal(fracBits, actual.FracBits);
    }
}
